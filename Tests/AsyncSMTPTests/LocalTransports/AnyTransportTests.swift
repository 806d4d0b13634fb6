import AsyncSMTP
import SMTPTestServer
import Testing

@Suite("Transports: one in the place of another", .timeLimit(.minutes(20)))
struct AnyTransportTests {
    /// What a program has.
    private struct Registration: Sendable {
        let mail: any MailTransport

        func register(_ address: String) async throws -> String? {
            let message = try Message(from: "a@x.example", to: address, subject: "Welcome", text: "Hello.")
            return try await self.mail.send(message).messageID
        }
    }

    @Test("a test puts memory where the client was")
    func memory() async throws {
        let mail = MemoryTransport()
        let identifier = try await Registration(mail: mail).register("b@x.example")
        let message = try await mail.next()
        #expect(message.messageID == identifier)
        #expect(message.text.contains("Hello."))
    }

    @Test("the client is a transport, with its own receipt")
    func client() async throws {
        let script: SMTPTestServer.Script = [.on(.command("RCPT", occurrence: 2), .reply("550 5.1.1 no"))]
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            let target = try SMTPServer(host: server.host, port: server.port, tls: .plaintext)
            try await SMTPClient.withClient(target) { client in
                let envelope = try Envelope(from: "", to: ["a@x.example", "b@x.example"])
                let mail: any MailTransport = client
                let receipt = try await mail.send(RawMessage(.text("S: x\r\n\r\n"), envelope: envelope))
                #expect(receipt.acceptedRecipients.map(\.description) == ["<a@x.example>"])
                #expect(receipt.refusedRecipients.map(\.description) == ["<b@x.example>"])
                #expect(receipt.octets == 8)
                #expect((receipt as? SendReceipt)?.finalReply.code.value == 250)
                // Both overloads are there for the concrete type, and are no riddle.
                let own: SendReceipt = try await client.send(Sample.message)
                #expect(own.messageID == "sample@example.org")
            }
        }
    }
}
