import AsyncSMTP
import SMTPTestServer
import Testing

/// Connections that a server has given up while they were idle, and clients that are shut down.
@Suite("Stale connections and closed clients")
struct SendingStaleConnectionTests {
    private static let message = RawMessage(Letter.content)

    /// What a server does to the second message of a connection.
    struct Fault: Sendable, CustomTestStringConvertible {
        let name: String
        let rule: SMTPTestServer.Rule
        /// Whether the connection has ended before the second message is sent.
        var endsEarly = false

        var testDescription: String { self.name }

        static let all: [Fault] = [
            Fault(
                name: "EOF while idle",
                rule: .on(.endOfContent(occurrence: 1), .default, .close),
                endsEarly: true
            ),
            Fault(
                name: "421 and EOF while idle",
                rule: .on(.endOfContent(occurrence: 1), .default, .reply("421 4.4.2 timeout"), .close),
                endsEarly: true
            ),
            Fault(
                name: "reset while idle",
                rule: .on(.endOfContent(occurrence: 1), .default, .reset),
                endsEarly: true
            ),
            Fault(
                name: "421 to MAIL, too many messages in one session",
                rule: .on(
                    .command("MAIL", occurrence: 2),
                    .reply("421 Too many messages in one session"),
                    .close
                )
            ),
            Fault(
                name: "451 4.4.2 to MAIL",
                rule: .on(
                    .command("MAIL", occurrence: 2),
                    .reply("451 4.4.2 Timeout - closing connection"),
                    .close
                )
            ),
            Fault(name: "EOF to MAIL", rule: .on(.command("MAIL", occurrence: 2), .close)),
            Fault(name: "reset at MAIL", rule: .on(.command("MAIL", occurrence: 2), .reset)),
        ]
    }

    @Test(
        "Q41 Q42 a connection that went while it was idle is replaced once, silently",
        .enabled(if: Link.chosen != .tlsOctets, "a reset may overtake a reply in many records"),
        arguments: Fault.all,
        PipeliningLevel.allCases
    )
    func replaced(fault: Fault, level: PipeliningLevel) async throws {
        let configure: (inout SMTPConfiguration) -> Void = { $0.sending.pipelining = level }
        try await Loopback.withClient(
            .init(script: .init([fault.rule])),
            maximumConnections: 1,
            configure: configure
        ) { server, client in
            try await client.send(Self.message)
            if fault.endsEarly { try await server.waitForSessionsClosed(1) }
            let receipt = try await client.send(Self.message)
            #expect(receipt.accepted.count == 1)
            // Nothing got lost, nothing came twice.
            #expect(server.messageCount == 2)
            #expect(server.sessions.count == 2)
        }
    }

    @Test("Q41 replaced once, and no more: the second failure is reported")
    func replacedOnce() async throws {
        let closing = SMTPTestServer.Action.reply("421 4.3.2 going down")
        let script: SMTPTestServer.Script = [.on(.command("MAIL", occurrence: .from(2)), closing, .close)]
        try await Loopback.withClient(.init(script: script), maximumConnections: 1) { server, client in
            try await client.send(Self.message)
            let error = try await #require(throws: SMTPError.self) { try await client.send(Self.message) }
            #expect(error.code == .serverClosing)
            #expect(error.acceptance == .refusedTemporarily)
            #expect(server.sessions.count == 2)
            #expect(server.messageCount == 1)
        }
    }

    @Test(
        "Q41 a fresh connection that fails is not replaced",
        arguments: ["421 4.3.2 going down", "451 4.4.2 no"]
    )
    func freshConnection(reply: String) async throws {
        let script: SMTPTestServer.Script = [.on(.command("MAIL", occurrence: 1), .reply(reply), .close)]
        try await Loopback.withClient(.init(script: script), maximumConnections: 1) { server, client in
            let error = try await #require(throws: SMTPError.self) { try await client.send(Self.message) }
            #expect(error.reply?.description == reply)
            #expect(server.sessions.count == 1)
        }
    }

    @Test(
        "Q41 Q42 nothing is sent again once the content was on its way",
        arguments: [[.store, .close], [.close]] as [[SMTPTestServer.Action]]
    )
    func contentWasSent(actions: [SMTPTestServer.Action]) async throws {
        let script = SMTPTestServer.Script([SMTPTestServer.Rule(.endOfContent(occurrence: 2), actions)])
        try await Loopback.withClient(.init(script: script), maximumConnections: 1) { server, client in
            try await client.send(Self.message)
            let error = try await #require(throws: SMTPError.self) { try await client.send(Self.message) }
            #expect(error.acceptance == .unknown)
            #expect(server.sessions.count == 1)
            #expect(server.commands.count { $0.hasPrefix("MAIL") } == 2)
        }
    }

    @Test("Q42 421 behind a message ends the connection and not the message")
    func closingBehindMessage() async throws {
        let script: SMTPTestServer.Script = [
            .on(.endOfContent, .default, .reply("421 4.7.0 enough for today"), .close)
        ]
        try await Loopback.withClient(.init(script: script), maximumConnections: 1) { server, client in
            for count in 1...3 {
                #expect(try await client.send(Self.message).accepted.count == 1)
                try await server.waitForSessionsClosed(count)
            }
            #expect(server.messageCount == 3)
            #expect(server.sessions.count == 3)
        }
    }

    @Test("Q74 a client that was shut down refuses at once, and connects no more")
    func afterShutdown() async throws {
        try await Loopback.withClient { server, client in
            try await client.send(Self.message)
            await client.shutdown()
            await client.shutdown()
            let error = try await #require(throws: SMTPError.self) { try await client.send(Self.message) }
            #expect(error.code == .closed)
            #expect(error.acceptance == .notAccepted)
            #expect(server.sessions.count == 1)
            #expect(server.messageCount == 1)
        }
    }

    @Test("Q74 shutdown lets what is under way finish, and refuses what comes later")
    func shutdownWhileSending() async throws {
        let gate = SMTPTestServer.Gate()
        let script: SMTPTestServer.Script = [.on(.endOfContent(occurrence: 1), .hold(gate), .default)]
        try await Loopback.withClient(.init(script: script), maximumConnections: 1) { server, client in
            let first = Task { try await client.send(Self.message) }
            try await gate.waitUntilReached()
            let shutdown = Task { await client.shutdown() }
            gate.open()
            #expect(try await first.value.accepted.count == 1)
            await shutdown.value
            let error = await #expect(throws: SMTPError.self) { try await client.send(Self.message) }
            #expect(error?.code == .closed)
            #expect(error?.acceptance == .notAccepted)
            #expect(server.messageCount == 1)
        }
    }
}

@Test("Q74 a closed session refuses at once", arguments: [false, true])
func closedSession(byQuit: Bool) async throws {
    try await Loopback.withSession { server, session in
        try await session.hello()
        if byQuit { await session.quit() } else { await session.close() }
        await session.quit()
        await session.close()
        for error in [
            await #expect(throws: SMTPError.self) {
                try await session.send(Letter.content, envelope: Letter.envelope())
            },
            await #expect(throws: SMTPError.self) { try await session.noop() },
            await #expect(throws: SMTPError.self) { try await session.mail(from: .null) },
            await #expect(throws: SMTPError.self) { try await session.putCommand("NOOP") },
        ] { #expect(error?.code == .closed) }
        try await server.waitForSessionsClosed(1)
        #expect(server.commands == ["EHLO client.example"] + (byQuit ? ["QUIT"] : []))
    }
}
