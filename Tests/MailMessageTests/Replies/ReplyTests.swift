import MailAddress
import MailMessage
import Testing

@Suite("Answers to received messages")
struct ReplyTests {
    private static func header(_ lines: String...) throws -> ReceivedHeader {
        try ReceivedHeader(parsing: lines.joined(separator: "\r\n").utf8)
    }

    private static func mailbox(_ text: String) throws -> Mailbox { Mailbox(try EmailAddress(text)) }

    private static func octets(_ message: Message) async throws -> String {
        String(decoding: try await message.rendered().octets(), as: UTF8.self)
    }

    @Test("R5322-3.6.4-1 an answer names the message and its conversation")
    func namesTheConversation() async throws {
        let header = try Self.header(
            "From: Bob <bob@example.net>",
            "To: ann@example.org",
            "Subject: Minutes",
            "Message-ID: <m3@example.net>",
            "References: <m1@example.net> <m2@example.org>"
        )
        let message = try Message.reply(to: header, from: try Self.mailbox("ann@example.org"), text: "Yes.")
        #expect(message.to.map(\.description) == ["Bob <bob@example.net>"])
        #expect(message.cc.isEmpty)
        #expect(message.subject == "Re: Minutes")
        let text = try await Self.octets(message)
        #expect(text.contains("\r\nIn-Reply-To: <m3@example.net>\r\n"))
        #expect(text.contains("\r\nReferences: <m1@example.net> <m2@example.org> <m3@example.net>\r\n"))
        #expect(message.messageID != header.messageID)
    }

    @Test(
        "R5322-3.6.4-1 References stand for In-Reply-To where there is exactly one",
        arguments: [
            ("In-Reply-To: <a@b>", ["a@b", "m@b"]), ("In-Reply-To: <a@b> <c@b>", ["m@b"]), ("X: y", ["m@b"]),
            ("In-Reply-To: <a@b>\r\nReferences: <r@b>", ["r@b", "m@b"]),
        ]
    )
    func buildsReferences(_ lines: String, _ expected: [String]) throws {
        let header = try Self.header("From: bob@example.net", "Message-ID: <m@b>", lines)
        let message = try Message.reply(to: header, from: try Self.mailbox("ann@example.org"), text: nil)
        #expect(message.references.map(\.value) == expected)
    }

    @Test("R5322-3.6.4-1 a message without an identifier is answered without references")
    func answersWithoutIdentifier() throws {
        let header = try Self.header("From: bob@example.net")
        let message = try Message.reply(to: header, from: try Self.mailbox("ann@example.org"), text: nil)
        #expect(message.inReplyTo.isEmpty && message.references.isEmpty)
        #expect(message.subject == "Re:")
    }

    @Test(
        "R5322-3.6.4-1 of a long conversation the first and the last 99 are kept",
        arguments: [99, 100, 101, 900]
    )
    func boundsReferences(_ count: Int) throws {
        let list = (0..<count).map { "<\($0)@b>" }.joined(separator: "\r\n ")
        let header = try Self.header("From: bob@example.net", "Message-ID: <m@b>", "References: \(list)")
        let message = try Message.reply(to: header, from: try Self.mailbox("ann@example.org"), text: nil)
        let all = (0..<count).map { "\($0)@b" } + ["m@b"]
        #expect(message.references.map(\.value) == (count < 100 ? all : [all[0]] + all.suffix(99)))
    }

    @Test(
        "Re: stands once",
        arguments: [
            ("a", "Re: a"), ("Re: a", "Re: a"), ("RE: a", "Re: a"), ("AW: a", "Re: a"), ("Re[2]: a", "Re: a"),
            ("re:a", "Re: a"), ("Re: AW: Re[12]: a", "Re: a"), ("  Re:  a ", "Re: a "), ("", "Re:"),
            ("Re:", "Re:"),
            ("Regarding: a", "Re: Regarding: a"), ("Re[x]: a", "Re: Re[x]: a"), ("Re[]: a", "Re: Re[]: a"),
            ("Re[2: a", "Re: Re[2: a"), ("Re", "Re: Re"), ("Fwd: Re: a", "Re: Fwd: Re: a"),
            ("=?utf-8?Q?Re:_a?=", "Re: a"),
        ]
    )
    func writesThePrefixOnce(_ subject: String, _ expected: String) throws {
        var header = try Self.header("From: bob@example.net", "Subject: \(subject)")
        #expect(
            try Message.reply(to: header, from: try Self.mailbox("a@b.example"), text: nil).subject
                == expected.trimmed
        )
        header.subject = subject
        guard !subject.hasPrefix("=?") else { return }
        #expect(
            try Message.reply(to: header, from: try Self.mailbox("a@b.example"), text: nil).subject
                == expected
        )
    }

    @Test("an answer to all goes to each once, the one who answers left out")
    func answersAll() throws {
        let header = try Self.header(
            "From: bob@example.net",
            "Reply-To: Bob's desk <desk@example.net>",
            "To: ann@EXAMPLE.org, Carol <carol@example.net>, desk@example.net",
            "Cc: team: dave@example.net, carol@example.net;, ann@example.org"
        )
        let message = try Message.reply(
            to: header,
            from: try Self.mailbox("ann@example.org"),
            toAll: true,
            text: nil
        )
        #expect(message.to.map(\.description) == ["Bob's desk <desk@example.net>"])
        #expect(message.cc.map(\.description) == ["Carol <carol@example.net>", "dave@example.net"])
    }

    @Test(
        "a Reply-To that names nobody is passed over",
        arguments: ["Reply-To: nobody:;", "Reply-To: <<", "X: y"]
    )
    func fallsBackToAuthors(_ line: String) throws {
        let header = try Self.header("From: bob@example.net", line)
        let message = try Message.reply(to: header, from: try Self.mailbox("ann@example.org"), text: nil)
        #expect(message.to.map(\.description) == ["bob@example.net"])
    }

    @Test("a message that names nobody cannot be answered")
    func refusesNobody() throws {
        let header = try Self.header("Sender: bob@example.net")
        let from = try Self.mailbox("ann@example.org")
        let error = #expect(throws: MessageError.self) {
            try Message.reply(to: header, from: from, text: nil)
        }
        #expect(error?.reason == .missingField)
    }

    @Test("S-B6.1 hostile names and subjects go no further than text")
    func staysOneField() async throws {
        let header = try Self.header(
            "From: =?utf-8?Q?x=0D=0ABcc=3A_v=40evil=2Ecom=0D=0A?= <bob@example.net>",
            "Subject: =?utf-8?Q?a=0D=0ABcc:_v@evil.com=0D=0A=0D=0Abody?="
        )
        let text = try await Self.octets(
            try Message.reply(
                to: header,
                from: try Self.mailbox("ann@example.org"),
                text: "t",
                html: "<p>t</p>"
            )
        )
        #expect(!text.contains("\nBcc"))
        #expect(text.contains("<bob@example.net>"))
        let read = try ReceivedHeader(parsing: text.utf8)
        #expect(read.subject == "Re: a\u{FFFD}\u{FFFD}Bcc: v@evil.com\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}body")
        #expect(read.to == header.from)
    }
}

extension String {
    /// Without the space that no header field keeps at its end.
    fileprivate var trimmed: String { self.hasSuffix(" ") ? String(self.dropLast()) : self }
}
