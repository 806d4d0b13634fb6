import Testing

@testable import SMTPTestServer

@Suite("Where a server listens", .timeLimit(.minutes(5)))
struct EndpointTests {
    @Test(
        "any address or name of this machine",
        arguments: [("0.0.0.0", "0.0.0.0"), ("127.0.0.2", "127.0.0.2"), ("::", "::"), ("localhost", nil)]
            as [(String, String?)]
    )
    func tcp(host: String, address: String?) async throws {
        try await SMTPTestServer.withServer(.init(endpoint: .tcp(host: host, port: 0))) { server in
            #expect(server.port > 0)
            if let address { #expect(server.host == address) }
            try await RawClient.with(server) { client in
                try await client.send("QUIT\r\n")
                try await client.waitForReplies(2)
                #expect(client.codes == [220, 221])
            }
        }
    }

    @Test(
        "an address of another machine or an unknown name cannot be listened on",
        arguments: ["192.0.2.1", "no.invalid"]
    )
    func elsewhere(host: String) async throws {
        let error = await #expect(throws: SMTPTestServerError.self) {
            _ = try await SMTPTestServer.start(.init(endpoint: .tcp(host: host, port: 0)))
        }
        #expect(error?.code == .cannotListen)
    }

    @Test("sessions are counted whether they are recorded or not", arguments: [0, 1, 5])
    func sessionCount(recorded: Int) async throws {
        var configuration = SMTPTestServer.Configuration()
        configuration.limits.recordedSessions = recorded
        try await SMTPTestServer.withServer(configuration) { server in
            for _ in 0..<3 { try await RawClient.with(server) { _ in } }
            try await server.waitForSessionsClosed(3)
            #expect(server.sessionCount == 3)
            #expect(server.sessions.count == min(recorded, 3))
        }
    }
}
