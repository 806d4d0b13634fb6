import AsyncSMTP
import SMTPTestServer
import Testing

@Suite("smtplib: LMTP")
struct SmtplibLMTPTests {
    @Test(
        "smtplib.LMTP over TCP and over a Unix socket",
        arguments: [SMTPTestServer.Endpoint.loopbackIPv4, .unixSocket]
    )
    func endpoints(endpoint: SMTPTestServer.Endpoint) async throws {
        try await Loopback.withSession(.init(endpoint: endpoint, flavour: .lmtp)) { server, session in
            let receipt = try await session.send(Letter.content, envelope: Letter.envelope())
            #expect(receipt.negotiation.flavour == .lmtp)
            #expect(server.messages.map(\.text) == [Letter.text])
            #expect(server.commands.first == "LHLO client.example")
        }
    }

    @Test("smtplib.lhlo sends LHLO, and smtplib.LMTP knows neither EHLO nor HELO")
    func lhlo() async throws {
        try await Loopback.withSession(.init(flavour: .lmtp)) { server, session in
            let reply = try await session.lhlo()
            #expect(reply.code == .ok)
            #expect(await session.ehloReply == reply)
            for error in [
                await #expect(throws: SMTPError.self) { try await session.ehlo() },
                await #expect(throws: SMTPError.self) { try await session.helo() },
            ] { #expect(error?.code == .badSequence) }
            #expect(server.commands == ["LHLO client.example"])
        }
    }

    @Test("smtplib.lhlo refused is not asked again by HELO")
    func lhloRefused() async throws {
        let script: SMTPTestServer.Script = [.on(.command("LHLO"), .reply("502 5.5.1 no"))]
        try await Loopback.withSession(.init(flavour: .lmtp, script: script)) { server, session in
            let error = try await #require(throws: SMTPError.self) { try await session.hello() }
            #expect(error.code == .helloRefused)
            #expect(server.commands == ["LHLO client.example"])
        }
    }

    @Test(
        "smtplib.LMTP reads one reply, we read one for each accepted recipient",
        arguments: PipeliningLevel.allCases
    )
    func oneReplyEach(level: PipeliningLevel) async throws {
        let script: SMTPTestServer.Script = [
            .on(.command("RCPT", occurrence: 2), .reply("550 5.1.1 no such user")),
            .on(.lmtpRecipient(1, occurrence: 1), .reply("452 4.2.2 mailbox full")),
        ]
        let configure: (inout SMTPConfiguration) -> Void = { $0.sending.pipelining = level }
        try await Loopback.withSession(.init(flavour: .lmtp, script: script), configure: configure) {
            server,
            session in
            let recipients = ["bob@example.net", "eve@example.net", "tom@example.net", "zoe@example.net"]
            let receipt = try await session.send(Letter.content, envelope: Letter.envelope(to: recipients))
            #expect(receipt.recipients.map(\.code?.value) == [250, 550, 452, 250])
            #expect(receipt.recipients.map(\.stage) == [.finalReply, .rcpt, .finalReply, .finalReply])
            // The next reply belongs to the next command.
            try await Loopback.expectUsable(session)
            #expect(server.messages.map(\.addresses) == [["bob@example.net", "zoe@example.net"]])
        }
    }

    @Test("smtplib.LMTP by single commands returns every reply")
    func singleCommands() async throws {
        let script: SMTPTestServer.Script = [.on(.lmtpRecipient(0), .reply("550 5.2.1 off"))]
        try await Loopback.withSession(.init(flavour: .lmtp, script: script)) { _, session in
            try await session.mail(from: ReversePath("ann@example.org"))
            try await session.rcpt(to: ForwardPath("bob@example.net"))
            try await session.rcpt(to: ForwardPath("tom@example.net"))
            let replies = try await session.data(Letter.content)
            #expect(replies.map(\.code.value) == [550, 250])
            try await Loopback.expectUsable(session)
        }
    }

    @Test("smtplib.LMTP_PORT is 24 here, and 25 is refused (RFC 2033 section 5)")
    func port() throws {
        #expect(SMTPServer.defaultLMTPPort == 24)
        #expect(try SMTPServer(host: "mx.example", flavour: .lmtp).description == "lmtp://mx.example:24")
        #expect(
            try SMTPServer(host: "mx.example:2003", flavour: .lmtp).description == "lmtp://mx.example:2003"
        )
        let error = try #require(throws: SMTPError.self) {
            try SMTPServer(host: "mx.example", port: 25, flavour: .lmtp)
        }
        #expect(error.code == .invalidArgument)
    }
}
