import AsyncSMTP
import SMTPTestServer
import Testing

@Suite("Transports: ending", .timeLimit(.minutes(20)))
struct EndingTests {
    private struct Failure: Error, Equatable {}

    /// Waits for the reply to QUIT however busy the machine is.
    private static func patient() -> SMTPConfiguration {
        var configuration = SMTPConfiguration()
        configuration.timeouts.quit = .seconds(300)
        return configuration
    }

    @Test("Q38 withSession ends by QUIT")
    func success() async throws {
        try await SMTPTestServer.withServer { server in
            let result = try await SMTPSession.withSession(to: SMTPServer(at: server)) { session in
                try await session.noop().code
            }
            #expect(result == .ok)
            try await server.waitForSessionsClosed(1)
            let record = try #require(server.sessions.first)
            #expect(record.end == .quit)
            #expect(record.commands.dropFirst() == ["NOOP", "QUIT"])
        }
    }

    @Test("Q38 withSession ends by QUIT when its body throws, and throws that error")
    func bodyThrows() async throws {
        try await SMTPTestServer.withServer { server in
            let target = try SMTPServer(at: server)
            await #expect(throws: Failure()) {
                try await SMTPSession.withSession(to: target) { _ in throw Failure() }
            }
            try await server.waitForSessionsClosed(1)
            #expect(server.sessions.map(\.end) == [.quit])
            #expect(server.sessions.first?.commands.last == "QUIT")
        }
    }

    @Test("Q38 withSession ends by QUIT when the hello is refused")
    func helloRefused() async throws {
        let script: SMTPTestServer.Script = [
            .on(.command("EHLO"), .reply("502 no")), .on(.command("HELO"), .reply("550 no")),
        ]
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            let target = try SMTPServer(at: server)
            let error = await #expect(throws: SMTPError.self) {
                try await SMTPSession.withSession(to: target) { _ in }
            }
            #expect(error?.code == .helloRefused)
            try await server.waitForSessionsClosed(1)
            #expect(server.sessions.first?.commands.last == "QUIT")
            #expect(server.sessions.map(\.end) == [.quit])
        }
    }

    @Test("Q38 withSession ends by QUIT when its task is cancelled between commands")
    func cancelled() async throws {
        let gate = SMTPTestServer.Gate()
        try await SMTPTestServer.withServer { server in
            let target = try SMTPServer(at: server)
            let task = Task {
                try await SMTPSession.withSession(to: target) { _ in try await gate.wait() }
            }
            try await server.waitForCommand("EHLO")
            task.cancel()
            await #expect(throws: (any Error).self) { try await task.value }
            try await server.waitForSessionsClosed(1)
        }
    }

    @Test(
        "Q36 no answer to QUIT, or a wrong one: quit returns all the same",
        arguments: [
            SMTPTestServer.Rule.on(.command("QUIT"), .close), .on(.command("QUIT"), .reset),
            .on(.command("QUIT"), .stall), .on(.command("QUIT"), .raw("\u{1}\u{2}\r\n"), .close),
            .on(.command("QUIT"), .reply("500 what"), .close),
        ]
    )
    func quitUnanswered(rule: SMTPTestServer.Rule) async throws {
        try await SMTPTestServer.withServer(.init(script: .init([rule]))) { server in
            var configuration = SMTPConfiguration()
            configuration.timeouts.quit = .milliseconds(50)
            let session = try await SMTPSession.connect(
                to: SMTPServer(at: server),
                configuration: configuration
            )
            try await session.send(.text(AnyMessage.text), envelope: AnyMessage.envelope())
            let reply = await session.quit()
            #expect(reply == nil || reply?.code.value == 500)
            #expect(await !session.isOpen)
            try await server.waitForSessionsClosed(1)
        }
    }

    @Test("quit twice sends QUIT once")
    func quitTwice() async throws {
        try await SMTPTestServer.withServer { server in
            let session = try await SMTPSession.connect(
                to: SMTPServer(at: server),
                configuration: Self.patient()
            )
            #expect(await session.quit()?.code == .closing)
            #expect(await session.quit() == nil)
            await session.close()
            try await server.waitForSessionsClosed(1)
            #expect(server.sessions.first?.commands == ["QUIT"])
        }
    }

    @Test("quit from many tasks at once sends QUIT once, and all return")
    func quitConcurrently() async throws {
        try await SMTPTestServer.withServer { server in
            let session = try await SMTPSession.connect(
                to: SMTPServer(at: server),
                configuration: Self.patient()
            )
            let replies = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<8 { group.addTask { await session.quit() != nil } }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(replies == 1)
            try await server.waitForSessionsClosed(1)
            #expect(server.sessions.first?.commands == ["QUIT"])
        }
    }

    @Test("Q74 every command after the end is an error, and nothing waits")
    func commandsAfterEnd() async throws {
        try await SMTPTestServer.withServer { server in
            let session = try await SMTPSession.connect(to: SMTPServer(at: server))
            await session.quit()
            let envelope = try AnyMessage.envelope()
            let operations: [@Sendable () async throws -> Void] = [
                { try await session.hello() }, { try await session.ehlo() }, { try await session.noop() },
                { try await session.reset() }, { try await session.help() },
                { try await session.verify("a") },
                { try await session.mail(from: .null) }, { try await session.rcpt(to: .postmaster) },
                { try await session.data(.text("x")) }, { try await session.command("NOOP") },
                { try await session.putCommand("NOOP") }, { _ = try await session.readReply() },
                { try await session.send(.text(AnyMessage.text), envelope: envelope) },
                { try await session.logIn(Credentials(username: "u", password: "p")) },
            ]
            for (index, operation) in operations.enumerated() {
                let error = await #expect(throws: SMTPError.self) { try await operation() }
                #expect(error?.code == .closed, "operation \(index)")
            }
            try await server.waitForSessionsClosed(1)
            #expect(server.sessions.first?.commands == ["QUIT"])
        }
    }

    @Test("Q74 closing while a command waits for its reply ends the wait, and those behind it")
    func closeWhileWaiting() async throws {
        let gate = SMTPTestServer.Gate()
        let script: SMTPTestServer.Script = [.on(.command("NOOP"), .hold(gate), .default)]
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            let session = try await SMTPSession.connect(to: SMTPServer(at: server))
            let waiting = Task { try await session.noop() }
            try await gate.waitUntilReached()
            let behind = Task { try await session.noop("behind") }
            await session.close()
            for task in [waiting, behind] {
                let error = await #expect(throws: SMTPError.self) { try await task.value }
                #expect(error?.code == .closed)
            }
            try await server.waitForSessionsClosed(1)
            #expect(server.sessions.first?.commands == ["NOOP"])
        }
    }

    @Test("Q74 a client that was shut down refuses, and waits for what is under way")
    func clientShutDown() async throws {
        let gate = SMTPTestServer.Gate()
        let script: SMTPTestServer.Script = [.on(.endOfContent, .hold(gate), .default)]
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            let client = SMTPClient(try SMTPServer(at: server), maximumConnections: 1)
            let message = try AnyMessage.raw()
            let underWay = Task { try await client.send(message) }
            try await gate.waitUntilReached()
            let shutDown = Task { await client.shutdown() }
            // Waits for the one connection there may be, or comes too late already.
            let late = Task { try await client.send(message) }
            gate.open()
            #expect(try await underWay.value.accepted.count == 1)
            await shutDown.value
            _ = await late.result
            let error = await #expect(throws: SMTPError.self) { try await client.send(message) }
            #expect(error?.code == .closed)
            await client.shutdown()
            try await server.waitForSessionsClosed(server.sessions.count)
            #expect(server.sessions.allSatisfy { $0.end == .quit })
        }
    }
}
