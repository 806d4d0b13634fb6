import AsyncSMTP
import SMTPTestServer
import Testing

/// A message that takes two transactions, and a connection that goes between them.
@Suite("A second transaction that fails")
struct SecondTransactionTests {
    private static func message() throws -> RawMessage {
        let recipients = ["one@example.net", "two@example.net"]
        let envelope = try Envelope(from: "sender@example.org", to: recipients)
        return RawMessage(.text("Subject: two transactions\r\n\r\n"), envelope: envelope)
    }

    @Test(
        "S-E8 Q41 what the first transaction delivered is never sent again over a reused connection",
        arguments: [
            [.reply("421 4.3.2 going down"), .close], [.close], [.reply("451 4.4.2 timeout"), .close],
        ] as [[SMTPTestServer.Action]]
    )
    func notStale(actions: [SMTPTestServer.Action]) async throws {
        // The third MAIL of the server is the second of the second message.
        let script = SMTPTestServer.Script([.init(.command("MAIL", occurrence: 3), actions)])
        let configuration = SMTPTestServer.Configuration(
            extensions: ["PIPELINING", "LIMITS RCPTMAX=1"],
            script: script
        )
        try await SMTPTestServer.withServer(configuration) { server in
            let endpoint = try SMTPServer(host: server.host, port: server.port, tls: .plaintext)
            try await SMTPClient.withClient(endpoint, maximumConnections: 1) { client in
                try await client.send(Sample.message)
                var outcomes: [RecipientOutcome] = []
                do {
                    outcomes = try await client.send(try Self.message()).recipients
                } catch let error as SMTPError {
                    #expect(error.acceptance == .partly)
                    outcomes = error.recipients
                }
                #expect(outcomes.first?.disposition == .accepted)
                #expect(outcomes.last?.disposition != .accepted)
            }
            let stored = server.messages.flatMap { $0.recipients.map(\.address) }
            #expect(stored == ["bob@example.net", "one@example.net"])
        }
    }

    @Test("R9422-2 what cannot be asked on the next connection leaves a receipt for those accepted before")
    func nextConnectionDiffers() async throws {
        // The second connection is refused, after MAILMAX of the first was reached.
        let script: SMTPTestServer.Script = [
            .on(.connect(occurrence: 2), .reply("554 5.3.2 no more"))
        ]
        let configuration = SMTPTestServer.Configuration(
            extensions: ["LIMITS RCPTMAX=1 MAILMAX=1"],
            script: script
        )
        try await SMTPTestServer.withServer(configuration) { server in
            let endpoint = try SMTPServer(host: server.host, port: server.port, tls: .plaintext)
            let receipt = try await SMTPClient.send(try Self.message(), through: endpoint)
            #expect(receipt.recipients.map(\.disposition) == [.accepted, .notAccepted])
            #expect(server.messageCount == 1)
        }
    }
}
