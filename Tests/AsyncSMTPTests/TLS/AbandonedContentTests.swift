import AsyncSMTP
import SMTPTestServer
import Testing

/// What was written and has not left when a connection is given up must not go out afterwards.
@Suite("TLS: content that is given up", .timeLimit(.minutes(20)))
struct AbandonedContentTests {
    @Test(
        "S-E8 S-E6 a message cancelled while its end waits for the network is not delivered by closing TLS",
        arguments: [TLSMode.implicit, .startTLS]
    )
    func cancelled(mode: TLSMode) async throws {
        let gate = SMTPTestServer.Gate()
        let configuration = SMTPTestServer.Configuration(
            script: [.on(.contentOctets(1), .stopReading(gate))],
            socketBufferSize: 4096
        )
        try await LoopbackTLS.withSession(mode, configuration) { server, session in
            let line = String(repeating: "x", count: 76) + "\r\n"
            let text = "Subject: large\r\n\r\n" + String(repeating: line, count: 8000)
            let sending = Task { try await session.send(.text(text), envelope: Letter.envelope()) }
            try await gate.waitUntilReached()
            sending.cancel()
            let result = await sending.result
            gate.open()
            try await server.waitForSessionsClosed(1)
            let error = #expect(throws: SMTPError.self) { try result.get() }
            #expect(error?.code == .cancelled)
            // The verdict of the client is what the server stored.
            #expect(error?.acceptance == .notAccepted)
            #expect(server.messageCount == 0)
        }
    }
}
