import AsyncSMTP
import SMTPTestServer
import Testing

/// Commands and replies by hand beside exchanges of the library: never mixed up, never a hang.
@Suite("Raw commands beside exchanges")
struct RawCommandTests {
    @Test("S-E5 an exchange does not begin while a reply to putCommand is unread")
    func unreadReply() async throws {
        try await SMTPTestServer.withServer { server in
            let endpoint = try SMTPServer(host: server.host, port: server.port, tls: .plaintext)
            try await SMTPSession.withSession(to: endpoint) { session in
                try await session.putCommand("NOOP")
                let error = await #expect(throws: SMTPError.self) { try await session.send(Sample.message) }
                #expect(error?.code == .badSequence)
                #expect(try await session.readReply().code.isPositive)
                try await session.send(Sample.message)
            }
            #expect(server.messageCount == 1)
        }
    }

    @Test("S-E5 nothing is written or read by hand while an exchange is under way")
    func underWay() async throws {
        let gate = SMTPTestServer.Gate()
        let script: SMTPTestServer.Script = [.on(.endOfContent, .hold(gate), .default)]
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            let endpoint = try SMTPServer(host: server.host, port: server.port, tls: .plaintext)
            try await SMTPSession.withSession(to: endpoint) { session in
                let send = Task { try await session.send(Sample.message) }
                try await gate.waitUntilReached()
                let put = await #expect(throws: SMTPError.self) { try await session.putCommand("NOOP") }
                let read = await #expect(throws: SMTPError.self) { try await session.readReply() }
                #expect(put?.code == .badSequence)
                #expect(read?.code == .badSequence)
                gate.open()
                #expect(try await send.value.accepted.count == 1)
            }
            #expect(server.sessions[0].commands.contains("NOOP") == false)
        }
    }

    @Test("Q40 a refused RSET says nothing about the message: it goes over another connection")
    func refusedReset() async throws {
        let script: SMTPTestServer.Script = [
            .on(.command("RCPT", occurrence: 1), .reply("550 5.1.1 nobody")),
            .on(.command("RSET"), .reply("502 5.5.1 what")),
        ]
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            let endpoint = try SMTPServer(host: server.host, port: server.port, tls: .plaintext)
            try await SMTPClient.withClient(endpoint, maximumConnections: 1) { client in
                await #expect(throws: SMTPError.self) { try await client.send(Sample.message) }
                let receipt = try await client.send(Sample.message)
                #expect(receipt.accepted.count == 1)
            }
            #expect(server.messageCount == 1)
            #expect(server.sessions.count == 2)
        }
    }

    @Test("Q47 all or nothing in one group: the refusal decides, not the reply that came last")
    func allOrNothing() async throws {
        let script: SMTPTestServer.Script = [
            .on(.command("RCPT", occurrence: 1), .reply("451 4.7.1 greylisted"))
        ]
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            let endpoint = try SMTPServer(host: server.host, port: server.port, tls: .plaintext)
            var configuration = SMTPConfiguration()
            configuration.sending.requiresAllRecipients = true
            let envelope = try Envelope(from: "a@b.example", to: ["one@d.example", "two@d.example"])
            let message = RawMessage(.text("Subject: x\r\n\r\n"), envelope: envelope)
            let error = await #expect(throws: SMTPError.self) {
                try await SMTPClient.send(message, through: endpoint, configuration: configuration)
            }
            #expect(error?.reply?.code.value == 451)
            #expect(error?.acceptance == .refusedTemporarily)
            #expect(error?.retryAdvice == .retryLater)
            #expect(server.messageCount == 0)
        }
    }
}
