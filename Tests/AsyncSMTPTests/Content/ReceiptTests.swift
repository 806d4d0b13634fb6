import AsyncSMTP
import SMTPTestServer
import Testing

@Suite("Content: receipts", .timeLimit(.minutes(20)))
struct ReceiptTests {
    private static let text = "Subject: receipt\r\nMessage-ID: <42@client.example>\r\n\r\n.\r\n..\r\nGrüße"

    private static func expectNonNegative(_ timings: SendReceipt.Timings) {
        #expect(timings.envelope >= .zero)
        #expect(timings.content >= .zero)
        #expect(timings.finalReply >= .zero)
        #expect(timings.total == timings.envelope + timings.content + timings.finalReply)
    }

    @Test("every field", arguments: PipeliningLevel.allCases, [false, true])
    func everyField(level: PipeliningLevel, usesChunking: Bool) async throws {
        var configuration = SMTPConfiguration()
        configuration.sending.pipelining = level
        configuration.sending.usesChunking = usesChunking
        let script: SMTPTestServer.Script = [
            .on(.command("RCPT", occurrence: 2), .reply("550 5.1.1 no such user")),
            .on(.endOfContent, .store, .reply("250 2.0.0 Ok: queued as 4BX9zR0Qk2z1")),
        ]
        let recipients = ["b", "c", "d"].map { "\($0)@server.example" }
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            let receipt = try await SMTPClient.send(
                RawMessage(.text(Self.text), envelope: Envelope(from: "a@client.example", to: recipients)),
                through: SMTPServer(at: server),
                configuration: configuration
            )
            #expect(receipt.recipients.map(\.recipient.description) == recipients.map { "<\($0)>" })
            #expect(receipt.recipients.map(\.disposition) == [.accepted, .refusedPermanently, .accepted])
            #expect(receipt.recipients.map(\.stage) == [.finalReply, .rcpt, .finalReply])
            #expect(receipt.recipients.map(\.code?.value) == [250, 550, 250])
            let status = receipt.recipients.map(\.enhancedStatus?.description)
            #expect(status == ["2.0.0", "5.1.1", "2.0.0"])
            #expect(receipt.recipients.map(\.text)[1] == "no such user")
            #expect(receipt.accepted == [receipt.recipients[0], receipt.recipients[2]])
            #expect(receipt.refused == [receipt.recipients[1]])
            #expect(receipt.finalReply.description == "250 2.0.0 Ok: queued as 4BX9zR0Qk2z1")
            #expect(receipt.queueIdentifier == "4BX9zR0Qk2z1")
            #expect(receipt.messageID == "42@client.example")
            #expect(receipt.transactions == 1)
            // By DATA the last line gets its CRLF.
            let octets = Self.text.utf8.count + (usesChunking ? 0 : 2)
            #expect(receipt.octets == UInt64(octets))
            let negotiation = receipt.negotiation
            #expect(negotiation.flavour == .smtp)
            #expect(negotiation.serverName == "mx.test.example")
            #expect(negotiation.pipelining == level)
            #expect(negotiation.usedChunking == usesChunking)
            let parameters = negotiation.mailParameters.map { "\($0)" }
            #expect(parameters == server.messages.first?.mailParameters.map { "\($0)" })
            #expect(parameters.contains("BODY=8BITMIME"))
            Self.expectNonNegative(receipt.timings)
            #expect(receipt.description.hasPrefix("accepted for 2 of 3 recipients: 250 2.0.0 Ok"))
        }
    }

    @Test("SIZE is what is sent", arguments: [Self.text, "", "\n", "a\rb"])
    func size(text: String) async throws {
        try await SMTPTestServer.withServer { server in
            let receipt = try await SMTPClient.send(
                RawMessage(.text(text), envelope: AnyMessage.envelope()),
                through: SMTPServer(at: server)
            )
            let message = try #require(server.messages.first)
            #expect(message.mailParameters["SIZE"]?.value == String(message.contentLength))
            #expect(receipt.octets == UInt64(message.contentLength))
        }
    }

    @Test("a server that offers nothing")
    func nothingOffered() async throws {
        try await SMTPTestServer.withServer(.init(extensions: [])) { server in
            let receipt = try await SMTPClient.send(AnyMessage.raw(), through: SMTPServer(at: server))
            #expect(receipt.negotiation.pipelining == .disabled)
            #expect(!receipt.negotiation.usedChunking)
            #expect(receipt.negotiation.mailParameters.isEmpty)
            #expect(receipt.messageID == nil)
            Self.expectNonNegative(receipt.timings)
        }
    }

    @Test("LMTP: the last reply is the final one, each recipient has its own")
    func lmtp() async throws {
        let configuration = SMTPTestServer.Configuration(
            flavour: .lmtp,
            script: [
                .on(.lmtpRecipient(0), .reply("250 2.1.5 first")),
                .on(.lmtpRecipient(1), .reply("452 4.2.2 second is full")),
                .on(.lmtpRecipient(2), .reply("250 2.1.5 third")),
            ]
        )
        try await SMTPTestServer.withServer(configuration) { server in
            let envelope = try Envelope(from: "", to: ["a@x.example", "b@x.example", "c@x.example"])
            let receipt = try await SMTPClient.send(
                RawMessage(.text(Self.text), envelope: envelope),
                through: SMTPServer(at: server, flavour: .lmtp)
            )
            #expect(receipt.negotiation.flavour == .lmtp)
            #expect(receipt.recipients.map(\.text) == ["first", "second is full", "third"])
            #expect(
                receipt.recipients.map(\.disposition) == [.accepted, .refusedTemporarily, .accepted]
            )
            #expect(receipt.finalReply.text == "third")
            #expect(server.messages.first?.sender == "")
        }
    }

    @Test("several transactions have one receipt: outcomes in order, times added up", arguments: 1...6)
    func transactions(maximum: Int) async throws {
        let recipients = (0..<5).map { "r\($0)@server.example" }
        var configuration = SMTPConfiguration()
        configuration.sending.maximumRecipients = maximum
        try await SMTPTestServer.withServer { server in
            let receipt = try await SMTPClient.send(
                RawMessage(.text(Self.text), envelope: Envelope(from: "a@client.example", to: recipients)),
                through: SMTPServer(at: server),
                configuration: configuration
            )
            let count = (5 + maximum - 1) / maximum
            #expect(receipt.transactions == count)
            #expect(server.messageCount == count)
            #expect(receipt.recipients.map(\.recipient.description) == recipients.map { "<\($0)>" })
            #expect(receipt.refused.isEmpty)
            #expect(receipt.finalReply.text.contains(server.messages.last?.queueID ?? "?"))
            #expect(receipt.octets == UInt64(Self.text.utf8.count + 2))
            Self.expectNonNegative(receipt.timings)
        }
    }
}
