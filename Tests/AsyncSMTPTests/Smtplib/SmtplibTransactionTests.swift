import AsyncSMTP
import SMTPTestServer
import Testing

@Suite("smtplib: mail, rcpt and data")
struct SmtplibTransactionTests {
    @Test(
        "smtplib.mail sends MAIL with its options",
        arguments: [
            ("", "MAIL FROM:<>"), ("ann@example.org", "MAIL FROM:<ann@example.org>"),
            ("\"a b\"@example.org", "MAIL FROM:<\"a b\"@example.org>"),
            ("ann@bücher.example", "MAIL FROM:<ann@xn--bcher-kva.example>"),
        ]
    )
    func mail(sender: String, line: String) async throws {
        try await Loopback.withSession { server, session in
            let reply = try await session.mail(from: ReversePath(sender))
            #expect(reply.code == .ok)
            #expect(server.commands == ["EHLO client.example", line])
        }
    }

    @Test("smtplib.mail options are typed parameters")
    func mailOptions() async throws {
        var parameters = MailParameters()
        parameters.size = .require(1234)
        parameters.body = .require(.eightBitMIME)
        parameters.smtpUTF8 = .require
        parameters.returnContent = .require(.headers)
        parameters.envelopeIdentifier = .require(try EnvelopeIdentifier("a b+c"))
        parameters.custom = [CustomParameter(try ESMTPParameter(parsing: "X-OWN=1"))]
        let line =
            "MAIL FROM:<ann@example.org> SIZE=1234 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=a+20b+2Bc X-OWN=1"
        let extensions = SMTPTestServer.Configuration.standardExtensions() + ["X-OWN"]
        try await Loopback.withSession(.init(extensions: extensions)) { server, session in
            let reply = try await session.mail(from: ReversePath("ann@example.org"), parameters: parameters)
            #expect(reply.code == .ok)
            #expect(server.commands.last == line)
        }
    }

    @Test("smtplib.mail returns a refusal and does not throw it")
    func mailRefused() async throws {
        let script: SMTPTestServer.Script = [.on(.command("MAIL"), .reply("550 5.7.1 not you"))]
        try await Loopback.withSession(.init(script: script)) { _, session in
            let reply = try await session.mail(from: ReversePath("ann@example.org"))
            #expect(reply.code.value == 550)
            #expect(reply.text == "not you")
        }
    }

    @Test("smtplib.rcpt sends RCPT with its options and returns the reply")
    func rcpt() async throws {
        var parameters = RecipientParameters()
        parameters.notify = .require(.on([.failure, .success]))
        parameters.originalRecipient = .require(OriginalRecipient(try EmailAddress("old@example.net")))
        let script: SMTPTestServer.Script = [
            .on(.command("RCPT", occurrence: 2), .reply("251 2.1.5 will forward")),
            .on(.command("RCPT", occurrence: 3), .reply("550 5.1.1 no such user")),
        ]
        try await Loopback.withSession(.init(script: script)) { server, session in
            try await session.mail(from: ReversePath("ann@example.org"))
            let first = try await session.rcpt(to: ForwardPath("bob@example.net"), parameters: parameters)
            #expect(first.code == .ok)
            #expect(try await session.rcpt(to: ForwardPath("postmaster")).code == .willForward)
            #expect(try await session.rcpt(to: ForwardPath("eve@example.net")).code.value == 550)
            let expected = [
                "RCPT TO:<bob@example.net> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;old@example.net",
                "RCPT TO:<Postmaster>", "RCPT TO:<eve@example.net>",
            ]
            #expect(server.commands.dropFirst(2) == expected[...])
        }
    }

    @Test(
        "smtplib.data sends the content with line ends and dots as they must be, and returns the final reply"
    )
    func data() async throws {
        try await Loopback.withSession(.init(storesWireContent: true)) { server, session in
            try await session.mail(from: ReversePath("ann@example.org"))
            try await session.rcpt(to: ForwardPath("bob@example.net"))
            let replies = try await session.data(.text("a\n.b\r\n..\rend"))
            #expect(replies.map(\.code) == [.ok])
            #expect(replies.first?.text == "Ok: queued as S0M1")
            let wire = try #require(server.messages.first?.wireContent)
            #expect(String(decoding: wire, as: UTF8.self) == "a\r\n..b\r\n...\r\nend\r\n.\r\n")
        }
    }

    @Test("smtplib.data returns a refusal of the content, and the session goes on", arguments: [452, 554])
    func dataRefusedAtTheEnd(code: Int) async throws {
        let script: SMTPTestServer.Script = [.on(.endOfContent(occurrence: 1), .reply("\(code) no"))]
        try await Loopback.withSession(.init(script: script)) { server, session in
            for expected in [code, 250] {
                try await session.mail(from: ReversePath("ann@example.org"))
                try await session.rcpt(to: ForwardPath("bob@example.net"))
                #expect(try await session.data(Letter.content).map(\.code.value) == [expected])
            }
            #expect(server.messageCount == 1)
        }
    }

    @Test(
        "smtplib.SMTPDataError from smtplib.data when DATA is not answered by 354",
        arguments: [421, 451, 503]
    )
    func dataRefused(code: Int) async throws {
        let script: SMTPTestServer.Script = [.on(.command("DATA"), .reply("\(code) no data"))]
        try await Loopback.withSession(.init(script: script)) { server, session in
            try await session.mail(from: ReversePath("ann@example.org"))
            try await session.rcpt(to: ForwardPath("bob@example.net"))
            let error = try await #require(throws: SMTPError.self) { try await session.data(Letter.content) }
            // 421 ends the session whatever it answers, and has a code of its own everywhere.
            #expect(error.code == (code == 421 ? .serverClosing : .dataRefused))
            #expect(error.reply?.code.value == code)
            #expect(server.messageCount == 0)
            #expect(await session.isOpen == (code != 421))
        }
    }

    @Test("smtplib.mail with SMTPUTF8 to a server without it is SMTPNotSupportedError, and nothing is sent")
    func mailNotSupported() async throws {
        var parameters = MailParameters()
        parameters.smtpUTF8 = .require
        try await Loopback.withSession(.init(extensions: ["SIZE 1000"])) { server, session in
            let error = try await #require(throws: SMTPError.self) {
                try await session.mail(from: ReversePath("ann@example.org"), parameters: parameters)
            }
            #expect(error.code == .notSupported)
            try await Loopback.expectUsable(session)
            #expect(server.commands == ["EHLO client.example", "NOOP"])
        }
    }
}
