import AsyncSMTP
import SMTPTestServer
import Testing

@Suite("smtplib: hello")
struct SmtplibHelloTests {
    @Test("smtplib.helo sends HELO, and no extension may be used afterwards")
    func helo() async throws {
        try await Loopback.withSession { server, session in
            try await session.ehlo()
            #expect(await session.offers(.size))
            let reply = try await session.helo(HelloName("other.example"))
            #expect(reply.code == .ok)
            #expect(server.commands == ["EHLO client.example", "HELO other.example"])
            #expect(await session.extensions == .none)
            #expect(await !session.speaksESMTP)
        }
    }

    @Test("smtplib.helo_resp is the reply to the last HELO")
    func heloReply() async throws {
        let script: SMTPTestServer.Script = [.on(.command("HELO"), .reply("250 mx.example at your service"))]
        try await Loopback.withSession(.init(script: script)) { _, session in
            #expect(await session.heloReply == nil)
            let reply = try await session.helo()
            #expect(reply.text == "mx.example at your service")
            #expect(await session.heloReply == reply)
        }
    }

    @Test("smtplib.ehlo sends EHLO with the given name or its own, and returns the reply, good or bad")
    func ehlo() async throws {
        let script: SMTPTestServer.Script = [.on(.command("EHLO", occurrence: 3), .reply("502 5.5.1 no"))]
        try await Loopback.withSession(.init(script: script)) { server, session in
            let reply = try await session.ehlo()
            #expect(reply.code == .ok)
            #expect(try await session.ehlo(HelloName("[192.0.2.1]")).code == .ok)
            #expect(try await session.ehlo().code == .notImplemented)
            let own = "EHLO client.example"
            #expect(server.commands == [own, "EHLO [192.0.2.1]", own])
        }
    }

    @Test("smtplib.ehlo forgets what was offered before")
    func ehloAgain() async throws {
        let second = SMTPTestServer.Action.reply("250-mx.example", "250 SIZE 1000")
        let script: SMTPTestServer.Script = [.on(.command("EHLO", occurrence: 2), second)]
        try await Loopback.withSession(.init(script: script)) { _, session in
            try await session.ehlo()
            #expect(await session.offers(.pipelining))
            try await session.ehlo()
            #expect(await session.extensions.keywords == [.size])
        }
    }

    @Test("smtplib.ehlo_resp is the reply to the last EHLO")
    func ehloReply() async throws {
        try await Loopback.withSession(.init(extensions: ["SIZE 10"])) { _, session in
            #expect(await session.ehloReply == nil)
            let reply = try await session.ehlo()
            #expect(reply.lines == ["mx.test.example greets you", "SIZE 10"])
            #expect(await session.ehloReply == reply)
        }
    }

    @Test("smtplib.does_esmtp is true after a good EHLO only")
    func doesESMTP() async throws {
        let script: SMTPTestServer.Script = [.on(.command("EHLO", occurrence: 1), .reply("500 5.5.1 what"))]
        try await Loopback.withSession(.init(script: script)) { _, session in
            #expect(await !session.speaksESMTP)
            try await session.ehlo()
            #expect(await !session.speaksESMTP)
            try await session.ehlo()
            #expect(await session.speaksESMTP)
        }
    }

    @Test("smtplib.has_extn compares without regard to case", arguments: ["SIZE", "size", "Size", "x-OWN"])
    func hasExtension(keyword: String) async throws {
        try await Loopback.withSession(.init(extensions: ["SiZe 10", "X-Own a b"])) { _, session in
            #expect(await !session.offers(ExtensionKeyword(keyword)))
            try await session.ehlo()
            #expect(await session.offers(ExtensionKeyword(keyword)))
            #expect(await !session.offers("X-OTHER"))
        }
    }

    @Test("smtplib.esmtp_features are the keywords with their parameters")
    func features() async throws {
        let lines = ["SIZE 1000", "X-OWN one  two", "8bitmime", "LIMITS RCPTMAX=5", "??? junk"]
        try await Loopback.withSession(.init(extensions: lines)) { _, session in
            try await session.ehlo()
            let extensions = await session.extensions
            #expect(extensions.keywords == [.size, "X-OWN", .eightBitMIME, .limits])
            #expect(extensions.parameters(of: .size) == ["1000"])
            #expect(extensions.parameters(of: "x-own") == ["one", "two"])
            #expect(extensions.parameters(of: .eightBitMIME) == [])
            #expect(extensions.parameters(of: .dsn) == nil)
            #expect(extensions.maximumMessageSize == 1000)
            #expect(extensions.limits.recipients == 5)
        }
    }

    @Test(
        "smtplib.OLDSTYLE_AUTH lines count as AUTH, all of them together",
        arguments: [
            (["AUTH PLAIN LOGIN"], ["PLAIN", "LOGIN"]), (["AUTH=PLAIN LOGIN"], ["PLAIN", "LOGIN"]),
            (["auth=login", "AUTH plain"], ["LOGIN", "PLAIN"]),
            (["AUTH PLAIN", "AUTH=PLAIN LOGIN"], ["PLAIN", "LOGIN"]), (["AUTH"], []), (["AUTH="], []),
        ] as [([String], [String])]
    )
    func oldStyle(lines: [String], mechanisms: [String]) async throws {
        try await Loopback.withSession(.init(extensions: lines)) { _, session in
            try await session.ehlo()
            #expect(await session.offers(.auth))
            #expect(await session.extensions.authenticationMechanisms == mechanisms)
        }
    }

    @Test("smtplib.ehlo_or_helo_if_needed says EHLO once")
    func helloOnce() async throws {
        try await Loopback.withSession { server, session in
            try await session.hello()
            try await session.hello()
            try await session.send(Letter.content, envelope: Letter.envelope())
            #expect(server.commands.filter { $0.hasPrefix("EHLO") }.count == 1)
        }
    }

    @Test(
        "smtplib.ehlo_or_helo_if_needed tries HELO where EHLO is not known",
        arguments: [500, 501, 502, 504, 550, 554]
    )
    func helloFallsBack(code: Int) async throws {
        let script: SMTPTestServer.Script = [.on(.command("EHLO"), .reply("\(code) no"))]
        try await Loopback.withSession(.init(script: script)) { server, session in
            try await session.hello()
            try await session.hello()
            #expect(server.commands == ["EHLO client.example", "HELO client.example"])
        }
    }

    @Test("smtplib.ehlo_or_helo_if_needed needs no hello after an explicit one", arguments: ["EHLO", "HELO"])
    func helloWasSaid(verb: String) async throws {
        try await Loopback.withSession { server, session in
            if verb == "EHLO" { try await session.ehlo() } else { try await session.helo() }
            try await session.hello()
            #expect(server.commands == ["\(verb) client.example"])
        }
    }

    @Test("smtplib.SMTPHeloError is helloRefused, with the reply")
    func helloRefused() async throws {
        let script: SMTPTestServer.Script = [
            .on(.command("EHLO"), .reply("502 5.5.1 no EHLO")),
            .on(.command("HELO"), .reply("550 5.7.1 not you")),
        ]
        try await Loopback.withSession(.init(script: script)) { _, session in
            let error = try await #require(throws: SMTPError.self) { try await session.hello() }
            #expect(error.code == .helloRefused)
            #expect(error.stage == .hello)
            #expect(error.reply?.code.value == 550)
            #expect(error.reply?.text == "not you")
            #expect(error.acceptance == .refusedPermanently)
        }
    }

    @Test(
        "smtplib.SMTPHeloError: a temporary refusal of EHLO is not asked again by HELO",
        arguments: [421, 451]
    )
    func helloDeferred(code: Int) async throws {
        let script: SMTPTestServer.Script = [.on(.command("EHLO"), .reply("\(code) 4.3.2 later"))]
        try await Loopback.withSession(.init(script: script)) { server, session in
            let error = try await #require(throws: SMTPError.self) { try await session.hello() }
            #expect(error.reply?.code.value == code)
            #expect(error.acceptance == .refusedTemporarily)
            #expect(server.commands == ["EHLO client.example"])
        }
    }
}
