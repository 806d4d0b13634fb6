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

    @Test(
        "S-B8 a Bcc that an attached message would show is found",
        arguments: [AttachedMessage.global, .unknownFile]
    )
    func findsAttachedBlindCopies(_ way: AttachedMessage) async throws {
        var message = try Self.message()
        message.attachments.append(try way.part(header: "Subject: a\r\nBCC: c@d.example\r\n"))
        let findings = try await message.lint()
        #expect(findings.map(\.rule) == [.attachedBlindCopyField])
        #expect(findings.map(\.severity) == [.warning])
        #expect(findings.map(\.field) == ["Bcc"])
        message.attachments.append(try way.part(header: "Resent-Bcc: c@d.example\r\n"))
        #expect(try await message.lint().map(\.detail) == ["2 attached messages"])
        message.attachments = [try way.part(header: "Subject: a\r\nCc: c@d.example\r\n")]
        #expect(try await message.lint() == [])
    }

    @Test(
        "S-B8 a Bcc that is left out when the message is rendered needs no word",
        arguments: [AttachedMessage.message, .file, .parts, .composed]
    )
    func passesRemovedBlindCopies(_ way: AttachedMessage) async throws {
        var message = try Self.message()
        message.attachments.append(try way.part(header: "Subject: a\r\nBCC: c@d.example\r\n"))
        #expect(try await message.lint() == [])
    }

    @Test("R2046-4 neither the body of an attached message nor another file has a Bcc")
    func passesOtherBlindCopies() async throws {
        var message = try Self.message()
        message.attachments = [
            .message(.text("Subject: a\r\n\r\nBcc: c@d.example\r\n")),
            .attachment(.text("Bcc: c@d.example\r\n"), named: "a.txt"),
            .message(try Message(from: "a@b.example", bcc: "c@d.example", subject: "s", text: "t")),
        ]
        #expect(try await message.lint() == [])
    }

    @Test(
        "the METHOD of an invitation is that of its text, and anything else is found",
        arguments: [
            ("REQUEST", "METHOD:REQUEST\r\n", nil), ("request", "Method:Request\n", nil),
            ("REQUEST", "METHOD;X-A=\"b:c\":REQUEST\r\n", nil),
            ("REQUEST", "MET\r\n HOD:REQ\r\n\tUEST\r\n", nil),
            ("REQUEST", "X-METHOD:CANCEL\r\nMETHOD:REQUEST \r\n", nil),
            ("REQUEST", "METHOD:CANCEL\r\n", "REQUEST, but CANCEL in the text"),
            ("REQUEST", "METHOD:\r\n", "REQUEST, but none in the text"),
            ("REQUEST", "X-A:b\r\n METHOD:REQUEST\r\n", "REQUEST, but none in the text"),
            ("REQUEST", "", "REQUEST, but none in the text"),
        ] as [(String, String, String?)]
    )
    func comparesMethods(method: String, line: String, detail: String?) async throws {
        var message = try Self.message()
        message.invitation = CalendarInvitation(
            method: method,
            text: "BEGIN:VCALENDAR\r\n\(line)BEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        )
        let findings = try await message.lint()
        #expect(findings.map(\.detail) == [detail].compactMap(\.self))
        #expect(findings.allSatisfy { $0.rule == .invitationMethodDiffers && $0.severity == .error })
        message.body = .text("in place of the invitation")
        #expect(try await message.lint() == [])
    }
}
