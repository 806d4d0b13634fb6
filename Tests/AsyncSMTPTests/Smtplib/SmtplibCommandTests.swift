import AsyncSMTP
import SMTPTestServer
import Testing

@Suite("smtplib: single commands")
struct SmtplibCommandTests {
    @Test("smtplib.docmd sends any command and returns any reply")
    func docmd() async throws {
        let script: SMTPTestServer.Script = [.on(.command("XYZZY"), .reply("250-a", "250 b"))]
        try await Loopback.withSession(.init(script: script)) { server, session in
            let reply = try await session.command("xyzzy", "one two")
            #expect(reply.lines == ["a", "b"])
            #expect(try await session.command("NONSENSE").code.value == 500)
            #expect(server.commands == ["XYZZY one two", "NONSENSE"])
        }
    }

    @Test("smtplib.putcmd writes without waiting, and smtplib.getreply reads in order")
    func putcmdAndGetreply() async throws {
        let gate = SMTPTestServer.Gate()
        let script: SMTPTestServer.Script = [
            .on(.command("NOOP", occurrence: 1), .hold(gate), .reply("250 first")),
            .on(.command("NOOP", occurrence: 2), .reply("250 second")),
        ]
        try await Loopback.withSession(.init(script: script)) { server, session in
            try await session.putCommand("NOOP", "1")
            try await session.putCommand("NOOP", "2")
            // Both were written although the server has answered neither.
            try await gate.waitUntilReached()
            gate.open()
            #expect(try await session.readReply().text == "first")
            #expect(try await session.readReply().text == "second")
            #expect(server.commands == ["NOOP 1", "NOOP 2"])
            try await Loopback.expectUsable(session)
        }
    }

    @Test(
        "smtplib.putcmd refuses line ends and other controls, and names octet and position",
        arguments: ["a\r\nRSET", "a\nRSET", "a\rRSET", "a\0", "a\u{7F}"]
    )
    func putcmdInjection(argument: String) async throws {
        try await Loopback.withSession { server, session in
            let error = try await #require(throws: SMTPError.self) {
                try await session.putCommand("NOOP", argument)
            }
            #expect(error.code == .invalidArgument)
            let cause = try #require(error.underlying as? CommandError)
            #expect(cause.reason == .controlCharacter)
            #expect(cause.position == 1)
            #expect(cause.byte == Array(argument.utf8)[1])
            try await Loopback.expectUsable(session)
            #expect(server.commands == ["NOOP"])
        }
    }

    @Test("smtplib.getreply joins the lines of a reply and keeps code and text apart")
    func getreply() async throws {
        let lines = SMTPTestServer.Action.reply("250-2.0.0 one", "250-2.0.0 two", "250 2.0.0 three")
        try await Loopback.withSession(.init(script: [.on(.command("NOOP"), lines)])) { _, session in
            try await session.putCommand("NOOP")
            let reply = try await session.readReply()
            #expect(reply.code == .ok)
            #expect(reply.enhancedStatus == EnhancedStatusCode(2, 0, 0))
            #expect(reply.text == "one\ntwo\nthree")
            #expect(reply.lines.first == "2.0.0 one")
        }
    }

    @Test("smtplib.getreply throws what smtplib returns as -1: a line without a code")
    func malformedReply() async throws {
        try await Loopback.withSession(.init(script: [.on(.command("NOOP"), .reply("hello"))])) {
            _,
            session in
            try await session.putCommand("NOOP")
            let error = try await #require(throws: SMTPError.self) { try await session.readReply() }
            #expect(error.code == .malformedReply)
            #expect(await !session.isOpen)
        }
    }

    @Test("smtplib.send writes octets as they are")
    func send() async throws {
        try await Loopback.withSession { server, session in
            try await session.send(rawOctets: "nOOp x\r\nRSET\r\n".utf8, expectingReplies: 2)
            #expect(try await session.readReply().code == .ok)
            #expect(try await session.readReply().code == .ok)
            #expect(server.commands == ["nOOp x", "RSET"])
            try await Loopback.expectUsable(session)
        }
    }

    @Test("smtplib.help returns the text", arguments: [nil, "MAIL"])
    func help(topic: String?) async throws {
        let script: SMTPTestServer.Script = [
            .on(.command("HELP"), .reply("214-2.0.0 Topics:", "214 2.0.0 MAIL"))
        ]
        try await Loopback.withSession(.init(script: script)) { server, session in
            let reply = try await session.help(topic)
            #expect(reply.text == "Topics:\nMAIL")
            #expect(server.commands == [topic.map { "HELP \($0)" } ?? "HELP"])
        }
    }

    @Test("smtplib.rset ends the transaction")
    func rset() async throws {
        try await Loopback.withSession { server, session in
            try await session.mail(from: ReversePath("ann@example.org"))
            #expect(try await session.reset().code == .ok)
            #expect(try await session.mail(from: ReversePath("bea@example.org")).code == .ok)
            #expect(server.commands.dropFirst(2).first == "RSET")
        }
    }

    @Test("smtplib.rset refused leaves nothing that could go wrong later: the connection is closed")
    func rsetRefused() async throws {
        let script: SMTPTestServer.Script = [.on(.command("RSET"), .reply("500 5.5.1 no"))]
        try await Loopback.withSession(.init(script: script)) { _, session in
            let reply = try await session.reset()
            #expect(reply.code.value == 500)
            #expect(await !session.isOpen)
        }
    }

    @Test("smtplib.noop returns the reply, good or bad")
    func noop() async throws {
        let script: SMTPTestServer.Script = [.on(.command("NOOP", occurrence: 2), .reply("450 4.0.0 tired"))]
        try await Loopback.withSession(.init(script: script)) { server, session in
            let reply = try await session.noop()
            #expect(reply.code == .ok)
            #expect(try await session.noop("are you there").code.value == 450)
            #expect(server.commands == ["NOOP", "NOOP are you there"])
        }
    }

    @Test("smtplib.verify and its other name smtplib.vrfy send VRFY", arguments: ["bob", "bob@example.net"])
    func verify(user: String) async throws {
        try await Loopback.withSession { server, session in
            let reply = try await session.verify(user)
            #expect(reply.code == .cannotVerify)
            #expect(server.commands == ["VRFY \(user)"])
        }
    }

    @Test("smtplib.expn sends EXPN, and the members are the lines of the reply")
    func expand() async throws {
        let lists = ["staff": ["Ann <ann@example.org>", "<bob@example.net>"]]
        try await Loopback.withSession(.init(extensions: [], lists: lists)) { server, session in
            let reply = try await session.expand("staff")
            #expect(reply.code == .ok)
            #expect(reply.lines == lists["staff"])
            #expect(try await session.expand("nobody").code.value == 550)
            #expect(server.commands == ["EXPN staff", "EXPN nobody"])
        }
    }

    @Test("smtplib.verify and smtplib.expn of a name outside ASCII need SMTPUTF8", arguments: [false, true])
    func verifyUTF8(isOffered: Bool) async throws {
        let extensions = isOffered ? ["SMTPUTF8"] : []
        try await Loopback.withSession(.init(extensions: extensions)) { server, session in
            try await session.ehlo()
            if isOffered {
                try await session.verify("jürgen")
                try await session.expand("müller")
                #expect(server.commands.dropFirst() == ["VRFY jürgen SMTPUTF8", "EXPN müller SMTPUTF8"])
            } else {
                for error in [
                    await #expect(throws: SMTPError.self) { try await session.verify("jürgen") },
                    await #expect(throws: SMTPError.self) { try await session.expand("müller") },
                ] { #expect(error?.code == .notSupported) }
                try await Loopback.expectUsable(session)
                #expect(server.commands.dropFirst() == ["NOOP"])
            }
        }
    }
}
