import AsyncSMTP
import SMTPTestServer
import Testing

@Suite("smtplib: quoting and constants")
struct SmtplibTextTests {
    @Test(
        "smtplib.quoteaddr is the description of a path",
        arguments: [
            ("ann@example.org", "<ann@example.org>"), ("Postmaster", "<Postmaster>"),
            ("\"a b\"@example.org", "<\"a b\"@example.org>"), ("\"ann\"@example.org", "<ann@example.org>"),
            ("ann@[192.0.2.1]", "<ann@[192.0.2.1]>"), ("ann@Bücher.example", "<ann@xn--bcher-kva.example>"),
        ]
    )
    func quoteaddr(text: String, path: String) throws {
        #expect(try ForwardPath(text).description == path)
    }

    @Test("smtplib.quoteaddr takes a name off the address; here that is the work of the list parser")
    func nameAndAddress() throws {
        let mailbox = try #require(
            try AddressListParser().mailboxes(in: "\"Ann (A)\" <ann@example.org>").first
        )
        #expect(ForwardPath.mailbox(mailbox.address).description == "<ann@example.org>")
    }

    @Test(
        "smtplib.quoteaddr hopes for the best, a path refuses what is no address",
        arguments: [
            "Ann <ann@example.org>", "<ann@example.org>", "ann@example.org> SIZE=1",
            "ann@example.org\r\nRSET",
            "ann", "ann@", "@example.org", "", "ann@example.org bob@example.org",
        ]
    )
    func quoteaddrRefuses(text: String) {
        #expect(throws: AddressError.self) { try ForwardPath(text) }
    }

    @Test(
        "smtplib.quotedata happens on the way out",
        arguments: [
            (".", "..\r\n.\r\n"), ("a\n.b\n", "a\r\n..b\r\n.\r\n"), ("a\r.b\r", "a\r\n..b\r\n.\r\n"),
            ("a\r\n..\r\n", "a\r\n...\r\n.\r\n"), ("a.b", "a.b\r\n.\r\n"), ("", ".\r\n"),
        ]
    )
    func quotedata(body: String, wire: String) async throws {
        try await Loopback.withSession(.init(storesWireContent: true)) { server, session in
            try await session.send(.text(body), envelope: Letter.envelope())
            let octets = try #require(server.messages.first?.wireContent)
            #expect(String(decoding: octets, as: UTF8.self) == wire)
        }
    }

    @Test("smtplib.SMTP_PORT is SMTPServer.defaultSMTPPort")
    func smtpPort() throws {
        #expect(SMTPServer.defaultSMTPPort == 25)
        #expect(try SMTPServer(host: "mx.example", tls: .plaintext).description == "smtp://mx.example:25?tls=none")
    }

    @Test("smtplib.SMTP_SSL_PORT is SMTPServer.defaultSubmissionsPort, the default")
    func submissionsPort() throws {
        #expect(SMTPServer.defaultSubmissionsPort == 465)
        #expect(try SMTPServer(host: "mx.example").description == "smtps://mx.example:465")
        #expect(SMTPServer.defaultSubmissionPort == 587)
        #expect(try SMTPServer(host: "mx.example", tls: .startTLS).description == "smtp://mx.example:587")
    }

    @Test("smtplib.CRLF and smtplib.bCRLF are nobody's business: every line that goes out has one")
    func lineEnds() async throws {
        try await Loopback.withSession(.init(extensions: [])) { server, session in
            try await session.send(.text("a\nb"), envelope: Letter.envelope())
            await session.quit()
            try await server.waitForSessionsClosed(1)
            let octets = try #require(server.sessions.first?.receivedOctets)
            let expected = """
                EHLO client.example\r
                MAIL FROM:<ann@example.org>\r
                RCPT TO:<bob@example.net>\r
                DATA\r
                a\r
                b\r
                .\r
                QUIT\r

                """
            #expect(String(decoding: octets, as: UTF8.self) == expected)
        }
    }

    @Test("smtplib._MAXLINE is one of ReplyLimits, all of which can be changed", arguments: [8192, 8193])
    func maximumLine(length: Int) async throws {
        let text = String(repeating: "x", count: length)
        let script: SMTPTestServer.Script = [.on(.command("NOOP"), .reply("250 \(text)"))]
        #expect(ReplyLimits().maximumTextLength == 8192)
        try await Loopback.withSession(.init(script: script)) { _, session in
            if length <= 8192 {
                #expect(try await session.noop().text == text)
            } else {
                let error = try await #require(throws: SMTPError.self) { try await session.noop() }
                #expect(error.code == .malformedReply)
            }
        }
    }
}
