import MailAddress
import MailMessage
import Testing

@Suite("The check of messages composed here")
struct MessageLintTests {
    private static func message() throws -> Message {
        try Message(
            from: "Änn <ann@example.org>",
            to: "bob@example.net",
            subject: "Grüße",
            text: "Schöne Grüße\n",
            html: "<p>Schöne Grüße</p>",
            attachments: [.attachment(.bytes([0, 1, 2, 0xFF, 0x0D, 0x0A, 0x0A]), named: "ü.bin")]
        )
    }

    @Test("what is rendered has no faults", arguments: TransferCapability.allCases)
    func passesRenderedMessages(_ capability: TransferCapability) async throws {
        let context = LintContext(capability: capability, dkimDomains: ["example.org"])
        #expect(try await Self.message().lint(context) == [])
    }

    @Test("a message that cannot be rendered has a finding that says why")
    func findsWhatCannotBeRendered() async throws {
        var message = try Self.message()
        message.subject = "a\r\nBcc: v@evil.com"
        let findings = try await message.lint()
        #expect(findings.map(\.rule) == [.notRenderable])
        #expect(findings.first?.severity == .error)
        #expect(findings.first?.field == "Subject")
        #expect(findings.first?.detail == #"control character: a\r\nBcc: v@evil.com"#)
    }

    @Test(
        "R6532-1 a message that needs SMTPUTF8 is found where the server has none",
        arguments: [true, false]
    )
    func findsMissingUTF8(_ offersSMTPUTF8: Bool) async throws {
        var message = try Self.message()
        message.to = [.mailbox(Mailbox(try EmailAddress("jürgen@example.net")))]
        let findings = try await message.lint(LintContext(offersSMTPUTF8: offersSMTPUTF8))
        #expect(findings.map(\.rule) == (offersSMTPUTF8 ? [] : [.eightBitHeader]))
    }

    @Test("content is read to its end, wherever it comes from")
    func readsContent() async throws {
        let octets = LintCase.message(with: ["Bcc: a@b.example"])
        let content = [
            MessageContent.bytes(octets),
            MessageContent.stream {
                AsyncStream<[UInt8]> { stream in
                    for octet in octets { stream.yield([octet]) }
                    stream.finish()
                }
            },
        ]
        for content in content { #expect(try await content.lint().map(\.rule) == [.blindCopyField]) }
        let short = MessageContent.stream(length: 5) { AsyncStream<[UInt8]> { $0.finish() } }
        await #expect(throws: (any Error).self) { try await short.lint() }
    }
}
