import Foundation
import MailAddress
import MailMessage
import Testing

/// Which fields a message has, and how often.
@Suite struct MessageHeaderTests {
    @Test(
        "R5322-3.6-1 R2045-1 R6532-1 a message has its fields once each",
        arguments: TransferCapability.allCases
    )
    func once(capability: TransferCapability) async throws {
        var message = try Message(
            from: "Ann <ann@example.org>",
            to: "bob@example.net",
            cc: "carol@example.com",
            replyTo: "answers@example.org",
            subject: "Grüße",
            text: "Grüße",
            html: "<p>Grüße</p>"
        )
        message.inReplyTo = [try MessageIdentifier("a@b.example")]
        message.references = [try MessageIdentifier("a@b.example"), try MessageIdentifier("c@d.example")]
        let reading = try await MessageReading(message, for: capability)
        let names = [
            "Date", "From", "Reply-To", "To", "Cc", "Message-ID", "In-Reply-To", "References", "Subject",
            "MIME-Version", "Content-Type",
        ]
        for name in names { #expect(reading.values(name).count == 1, "\(name)") }
        #expect(reading.values("MIME-Version") == ["1.0"])
        #expect(reading.lines(beginning: "MIME-Version").count == 1)
        #expect(reading.values("Sender").isEmpty)
        #expect(!reading.rendered.needsSMTPUTF8)
        #expect(reading.header.joined().utf8.allSatisfy { $0 < 0x80 })
    }

    @Test("R5322-3.6-1 a message without an author, or with several and no sender, is refused")
    func authors() async throws {
        var message = try MessageFixture.plain()
        let author = try MessageFixture.mailbox("ann@example.org")
        message.from = []
        #expect(await MessageFixture.refusal(of: message)?.field == "From")
        message.from = [author, try MessageFixture.mailbox("bob@example.org")]
        let refusal = await MessageFixture.refusal(of: message)
        #expect(refusal?.reason == .missingField)
        #expect(refusal?.field == "Sender")
        message.sender = author
        #expect(try await MessageReading(message).values("Sender") == ["ann@example.org"])
    }

    @Test(
        "R5322-3.6-1 a field that the message writes itself is refused among the others, and among those of its part",
        arguments: [
            "Date", "from", "SENDER", "Reply-To", "To", "Cc", "Bcc", "bcc", "Resent-Bcc", "Message-ID",
            "In-Reply-To",
            "References", "Subject", "MIME-Version", "Return-Path",
        ]
    )
    func ownedFields(name: String) async throws {
        let message = try MessageFixture.plain().field(name, "x")
        #expect(await MessageFixture.refusal(of: message)?.reason == .duplicateField)
        var part = BodyPart.text("x")
        try part.fields.append(name, "x")
        var withPart = try MessageFixture.plain(nil)
        withPart.body = part
        #expect(await MessageFixture.refusal(of: withPart)?.reason == .duplicateField)
    }

    @Test(
        "R5322-3.6-1 R8689-3 a field that may stand once is refused a second time",
        arguments: [
            "Auto-Submitted", "TLS-Required", "List-Id", "List-Unsubscribe", "X-Priority", "Organization",
        ]
    )
    func singleFields(name: String) async throws {
        let once = try MessageFixture.plain().field(name, "x")
        #expect(await MessageFixture.refusal(of: once) == nil)
        let twice = try once.field(name.uppercased(), "y")
        #expect(await MessageFixture.refusal(of: twice)?.reason == .duplicateField)
        var part = BodyPart.text("x")
        try part.fields.append(name, "x")
        var beside = once
        beside.text = part
        #expect(await MessageFixture.refusal(of: beside)?.reason == .duplicateField)
    }

    @Test("R5322-3.6.3-1 a message to nobody says so, and hidden recipients stand nowhere")
    func undisclosed() async throws {
        let message = try Message(
            from: "ann@example.org",
            bcc: "Secret <hidden@example.net>",
            subject: "x",
            text: "y"
        )
        let reading = try await MessageReading(message)
        #expect(reading.values("To") == ["undisclosed-recipients:;"])
        #expect(!reading.text.lowercased().contains("hidden@example.net"))
        #expect(reading.lines(beginning: "bcc").isEmpty)
    }

    @Test("R5322-3.6.6-1 S-B8.1 blocks of resending stand in front, the latest first, each as a unit")
    func resent() async throws {
        let bob = try MessageFixture.mailbox("bob@example.net")
        let carol = try MessageFixture.mailbox("carol@example.com")
        let hidden = try MessageFixture.mailbox("hidden@example.com")
        var first = ResentBlock(
            from: bob,
            to: [carol],
            bcc: [hidden],
            date: try MailDate(secondsSince1970: 0)
        )
        first.messageID = try MessageIdentifier("one@example.net")
        var second = ResentBlock(from: carol, to: [], date: try MailDate(secondsSince1970: 86_400))
        second.cc = [.mailbox(bob)]
        second.sender = bob
        let reading = try await MessageReading(try MessageFixture.plain().resent(first).resent(second))
        #expect(
            Array(reading.header.prefix(8)) == [
                "Resent-Date: Fri, 2 Jan 1970 00:00:00 +0000", "Resent-From: carol@example.com",
                "Resent-Sender: bob@example.net", "Resent-Cc: bob@example.net",
                "Resent-Date: Thu, 1 Jan 1970 00:00:00 +0000", "Resent-From: bob@example.net",
                "Resent-To: carol@example.com", "Resent-Message-ID: <one@example.net>",
            ]
        )
        #expect(reading.header.dropFirst(8).first?.hasPrefix("Date: ") == true)
        #expect(!reading.text.contains("hidden"))

        second.from = [bob, carol]
        second.sender = nil
        let refusal = await MessageFixture.refusal(of: try MessageFixture.plain().resent(second))
        #expect(refusal?.field == "Resent-Sender")
        second.from = []
        #expect(
            await MessageFixture.refusal(of: try MessageFixture.plain().resent(second))?.field
                == "Resent-From"
        )
    }

    @Test("R6532-1 only an address that needs it puts UTF-8 into the header, and then all of it may be")
    func headerInUTF8() async throws {
        let message = try Message(
            from: "Jörg <jörg@bücher.example>",
            to: "x@y.example",
            subject: "Grüße",
            text: "a"
        )
        let reading = try await MessageReading(message)
        #expect(reading.rendered.needsSMTPUTF8)
        #expect(reading.rendered.needs == .eightBit)
        let text = String(decoding: reading.octets, as: UTF8.self)
        #expect(text.contains("From: Jörg <jörg@bücher.example>\r\n"))
        #expect(text.contains("Subject: Grüße\r\n"))
        let domain = try Message(from: "j@bücher.example", to: "x@y.example", subject: "x", text: "a")
        let other = try await MessageReading(domain)
        #expect(!other.rendered.needsSMTPUTF8)
        #expect(other.values("From") == ["j@xn--bcher-kva.example"])
    }

    @Test("R6854 the members of a group in From are the authors, and need a sender")
    func groupInFrom() async throws {
        var message = try Message(
            from: "Board: ann@example.org, bob@example.org;",
            to: "Friends: carol@example.com;",
            subject: "x",
            text: "y"
        )
        #expect(message.from.map(\.address.wireForm) == ["ann@example.org", "bob@example.org"])
        #expect(await MessageFixture.refusal(of: message)?.field == "Sender")
        message.sender = message.from.first
        let reading = try await MessageReading(message)
        #expect(reading.values("From") == ["ann@example.org, bob@example.org"])
        #expect(reading.values("To") == ["Friends: carol@example.com;"])
    }

    @Test("S-G4.1 a subject of 100 KB and 500 references are folded")
    func large() async throws {
        var message = try MessageFixture.plain()
        message.subject = String(repeating: "wörter ", count: 12_800)
        message.references = try (0..<500).map { try MessageIdentifier("\($0).abcdefghij@example.org") }
        let reading = try await MessageReading(message)
        let ids = message.references.map(\.description).joined(separator: " ")
        #expect(reading.values("References") == [ids])
        #expect(reading.text.components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 78 })
        #expect(reading.lines(beginning: " <").allSatisfy { $0.hasSuffix(">") })
    }
}
