import MailAddress
import MailMessage
import Testing

@Suite("Headers of received messages")
struct ReceivedHeaderTests {
    private static let lines = [
        "Return-Path: <ann@example.org>",
        "From: =?utf-8?Q?Ann_=C3=84?= <ann@example.org>",
        "Sender: bob@example.org",
        "Reply-To: team: ann@example.org, bob@example.org;",
        "To: \"Carol, C.\" <carol@example.net>,",
        " dave@example.net",
        "Cc: erin@example.net",
        "SUBJECT:  The =?utf-8?B?QmVyaWNodA==?=",
        "Date: Thu, 26 Nov 2026 17:05:00 +0100",
        "Message-ID: <m@example.org>",
        "In-Reply-To: <l@example.org>",
        "References: <k@example.org>",
        "\t<l@example.org>",
        "List-Post: <mailto:list@example.org> (members only)",
        "Auto-Submitted: auto-replied; owner=x",
        "Precedence: Bulk",
        "",
        "From: eve@example.com",
    ]

    @Test("R5322-4-1 all fields are read, whatever the line ends", arguments: ["\r\n", "\n", "\r"])
    func reads(_ end: String) throws {
        let header = try ReceivedHeader(parsing: Self.lines.joined(separator: end).utf8)
        #expect(
            header.from.map(\.description) == ["\"Ann Ä\" <ann@example.org>"]
                || header.from.map(\.description) == ["Ann Ä <ann@example.org>"]
        )
        #expect(header.sender.map(\.description) == ["bob@example.org"])
        #expect(header.replyTo.map(\.description) == ["team: ann@example.org, bob@example.org;"])
        #expect(
            header.to.flatMap(\.mailboxes).map(\.address.wireForm) == [
                "carol@example.net", "dave@example.net",
            ]
        )
        #expect(header.cc.map(\.description) == ["erin@example.net"])
        #expect(header.subject == "The Bericht")
        #expect(header.date == (try MailDate(secondsSince1970: 1_795_709_100, zoneOffsetMinutes: 60)))
        #expect(header.messageID?.value == "m@example.org")
        #expect(header.inReplyTo.map(\.value) == ["l@example.org"])
        #expect(header.references.map(\.value) == ["k@example.org", "l@example.org"])
        #expect(header.listPost == "mailto:list@example.org")
        #expect(header.autoSubmitted == "auto-replied")
        #expect(header.precedence == "bulk")
        #expect(header.isFromList)
        #expect(!header.hasNullReturnPath)
        #expect(header.unreadableFields == [])
    }

    @Test(
        "S-B6.1 no decoded text becomes an address",
        arguments: [
            "=?utf-8?q?a=40evil.com=3e=20?=@good.example", "=?utf-8?q?a=40evil.com=3E?= <a@good.example>",
            "=?utf-8?q?=22_=3Ca=40evil.com=3E=2C?= <a@good.example>",
            "=?utf-8?b?YUBldmlsLmNvbQ==?=: a@good.example;",
            "\"=?utf-8?q?a=40evil.com=2C?=\" <a@good.example>",
        ]
    )
    func neverDecodesAddresses(_ text: String) throws {
        let header = try ReceivedHeader(parsing: "From: \(text)\nTo: \(text)\n".utf8)
        for mailbox in (header.from + header.to).flatMap(\.mailboxes) {
            #expect(mailbox.address.domain.ascii == "good.example")
        }
        #expect((header.from.count == 1) != header.unreadableFields.contains("From"))
    }

    @Test("R5322-4-1 fields that stand twice: the first counts, recipients are put together")
    func putsRecipientsTogether() throws {
        let text =
            "To: a@b.example\nFrom: x@y.example\nTo : c@d.example,,\nCc:\nFrom: z@y.example\nCc: e@f.example\n"
        let header = try ReceivedHeader(parsing: text.utf8)
        #expect(header.to.map(\.description) == ["a@b.example", "c@d.example"])
        #expect(header.cc.map(\.description) == ["e@f.example"])
        #expect(header.from.map(\.description) == ["x@y.example"])
    }

    @Test(
        "R5322-4-1 a field that cannot be read is named and empty",
        arguments: [
            "From", "Sender", "Reply-To", "To", "Cc", "Date", "Message-ID", "In-Reply-To", "References",
        ]
    )
    func namesUnreadable(_ name: String) throws {
        let header = try ReceivedHeader(parsing: "\(name): ((no value at all\nSubject: s\n".utf8)
        #expect(header.unreadableFields == [name])
        #expect((header.from + header.sender + header.replyTo + header.to + header.cc).isEmpty)
        #expect((header.inReplyTo + header.references).isEmpty)
        #expect(header.date == nil && header.messageID == nil)
        #expect(header.subject == "s")
    }

    @Test("S-F3 a header beyond the limits is refused, one at the limit is not")
    func refusesLargeHeaders() throws {
        let many = String(repeating: "a:\n", count: 10_000)
        #expect(try ReceivedHeader(parsing: (many + "\n").utf8).subject == "")
        let long = "Subject: " + String(repeating: "x", count: (1 << 20) - 9)
        #expect(try ReceivedHeader(parsing: long.utf8).subject.utf8.count == (1 << 20) - 9)
        let tooLarge = [many + "a:\n\n", long + "x", long + "x\n\nbody"]
        for text in tooLarge {
            let error = #expect(throws: MessageError.self) { try ReceivedHeader(parsing: text.utf8) }
            #expect(error?.reason == .tooLarge)
        }
        let largeBody = "Subject: s\n\n" + String(repeating: "x\n", count: 1 << 20)
        #expect(try ReceivedHeader(parsing: largeBody.utf8).subject == "s")
    }

    @Test("S-F3 garbage is read without harm", arguments: 0..<64)
    func survivesGarbage(_ seed: Int) throws {
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
        let pieces = [
            "From:", "To:", "Subject:", "\r", "\n", "\r\n ", "=?utf-8?Q?", "?=", "=", "<", ">", "\"", "(",
            "\\", ",", "@", "a", "\u{0}", "é",
        ]
        var octets: [UInt8] = []
        for _ in 0..<2000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let number = Int(state >> 33)
            octets +=
                number % 5 == 0
                ? [UInt8(truncatingIfNeeded: number >> 8)] : Array(pieces[number % pieces.count].utf8)
        }
        let header = try ReceivedHeader(parsing: octets)
        #expect(header.subject.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
    }

    @Test("a header that is composed here is taken as it is")
    func takesMessages() throws {
        var message = try Message(from: "a@b.example", to: "c@d.example", subject: "s").autoSubmitted(
            .autoReplied
        )
        message.listID = ListIdentifier("l.b.example")
        let header = ReceivedHeader(message)
        #expect(header.from.map(\.description) == ["a@b.example"])
        #expect(header.to.map(\.description) == ["c@d.example"])
        #expect(header.messageID == message.messageID)
        #expect(header.date == message.date)
        #expect(header.autoSubmitted == "auto-replied")
        #expect(header.isFromList)
    }

    @Test(
        "messages that no program may answer",
        arguments: [
            ("", false), ("Auto-Submitted: no", false), ("Auto-Submitted: No (really)", false),
            ("Auto-Submitted: auto-generated", true), ("Auto-Submitted: auto-replied; x=y", true),
            ("Auto-Submitted:", true),
            ("Precedence: bulk", true), ("Precedence: JUNK", true), ("Precedence: list", true),
            ("Precedence: first-class", false), ("List-Id: <l.example.org>", true),
            ("List-Unsubscribe: <mailto:a@b>", true),
            ("Return-Path: <>", true), ("Return-Path: < >", true), ("Return-Path: <a@b.example>", false),
        ]
    )
    func tellsAutomaticMail(_ field: String, _ expected: Bool) throws {
        let header = try ReceivedHeader(parsing: "\(field)\r\n".utf8)
        #expect(header.asksForNoAutomaticReply == expected)
    }
}
