import NIOConcurrencyHelpers
import SMTPTestServer
import Testing

@testable import AsyncSMTP

/// Connections of a client, as a server sees them; what is a matter of time is shown by the pool's own tests.
@Suite("Client: connections", .timeLimit(.minutes(2)))
struct ClientPoolTests {
    private static let message = RawMessage(Letter.content)

    private static func withClient(
        _ script: SMTPTestServer.Script = [],
        pool: PoolConfiguration,
        configure: (inout SMTPConfiguration) -> Void = { _ in },
        _ body: (SMTPTestServer, SMTPClient) async throws -> Void
    ) async throws {
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            try await SMTPClient.withClient(
                try Loopback.place(of: server),
                configuration: try Loopback.configuration(configure),
                pool: pool
            ) { client in try await body(server, client) }
        }
    }

    @Test("Q42 a connection carries so many messages and no more", arguments: [1, 2, 5], [1, 7, 20])
    func messagesPerConnection(limit: Int, count: Int) async throws {
        let pool = PoolConfiguration(maximumConnections: 1, maximumMessagesPerConnection: limit)
        try await Self.withClient(pool: pool) { server, client in
            let messages = Array(repeating: Self.message, count: count)
            for await outcome in client.send(contentsOf: messages) { #expect(outcome.receipt != nil) }
            await client.shutdown()
            try await server.waitForSessionsClosed((count + limit - 1) / limit)
            #expect(server.messageCount == count)
            #expect(server.sessions.count == (count + limit - 1) / limit)
            #expect(server.sessions.allSatisfy { $0.end == .quit })
            for session in server.sessions {
                #expect(server.messages.filter { $0.sessionIndex == session.index }.count <= limit)
            }
        }
    }

    @Test(
        "Q56 a hundred sends at a time have no more connections than allowed",
        arguments: [1, 3, 8],
        [1, 16]
    )
    func maximumConnections(maximum: Int, inFlight: Int) async throws {
        // Messages per connection are limited too, so that connections come and go.
        let pool = PoolConfiguration(
            maximumConnections: maximum,
            maximumInFlight: inFlight,
            maximumMessagesPerConnection: 4
        )
        let open = NIOLockedValueBox<(now: Set<Int>, most: Int)>(([], 0))
        let script = SMTPTestServer.Script { event in
            open.withLockedValue { open in
                switch event.kind {
                case .connect: open.now.insert(event.sessionIndex)
                case .command("QUIT", _): open.now.remove(event.sessionIndex)
                default: break
                }
                open.most = max(open.most, open.now.count)
            }
            return nil
        }
        try await Self.withClient(script, pool: pool) { server, client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<100 { group.addTask { try await client.send(Self.message) } }
                try await group.waitForAll()
            }
            #expect(server.messageCount == 100)
            #expect(open.withLockedValue { $0.most } <= maximum)
            #expect(open.withLockedValue { $0.most } >= 1)
        }
    }

    @Test("a warm-up opens the least number of connections, which the messages then take")
    func warmUp() async throws {
        let pool = PoolConfiguration(minimumConnections: 3, idleTime: nil)
        try await Self.withClient(pool: pool) { server, client in
            client.warmUp()
            try await server.waitForCommand("EHLO", count: 3)
            for _ in 0..<10 { try await client.send(Self.message) }
            #expect(server.sessions.count == 3)
        }
    }

    @Test("without a warm-up nothing is connected before the first message")
    func lazy() async throws {
        try await Self.withClient(pool: PoolConfiguration(minimumConnections: 3)) { server, client in
            #expect(server.sessions.isEmpty)
            try await client.send(Self.message)
            #expect(server.sessions.count == 1)
        }
    }

    @Test("shutdown at once: what waits is refused, what is in flight ends with what is known")
    func shutdownNow() async throws {
        let gate = SMTPTestServer.Gate()
        let pool = PoolConfiguration(maximumConnections: 1, maximumInFlight: 1)
        try await Self.withClient([.on(.endOfContent, .hold(gate), .default)], pool: pool) { server, client in
            let errors = await withTaskGroup(of: SMTPError?.self) { group in
                for _ in 0..<5 {
                    group.addTask {
                        do throws(SMTPError) {
                            try await client.send(Self.message)
                            return nil
                        } catch {
                            return error
                        }
                    }
                }
                try? await gate.waitUntilReached()
                await client.shutdownNow()
                var errors: [SMTPError?] = []
                for await error in group { errors.append(error) }
                return errors
            }
            #expect(errors.count == 5)
            #expect(errors.count { $0?.acceptance == .unknown } == 1)
            #expect(errors.count { $0?.code == .closed && $0?.acceptance == .notAccepted } == 4)
            gate.open()
            let error = await #expect(throws: SMTPError.self) { try await client.send(Self.message) }
            #expect(error?.code == .closed)
            #expect(server.sessions.count == 1)
        }
    }

    @Test("shutdown while connections open: nothing hangs, nothing is left open", arguments: [false, true])
    func shutdownWhileOpening(isAtOnce: Bool) async throws {
        for round in 0..<50 {
            let pool = PoolConfiguration(maximumConnections: 4, minimumConnections: 4)
            try await Self.withClient(pool: pool) { server, client in
                client.warmUp()
                for _ in 0..<(round * 4) { await Task.yield() }
                if isAtOnce { await client.shutdownNow() } else { await client.shutdown() }
                try await server.waitForSessionsClosed(server.sessions.count)
            }
        }
    }

    @Test("Q56 no room for another connection, 421 at the greeting: the others carry the messages")
    func noRoom() async throws {
        let script: SMTPTestServer.Script = [
            .on(.connect(occurrence: .from(2)), .reply("421 4.3.2 too many connections"), .close)
        ]
        let pool = PoolConfiguration(maximumConnections: 8, maximumInFlight: 2)
        try await Self.withClient(script, pool: pool) { server, client in
            try await client.send(Self.message)
            let messages = Array(repeating: Self.message, count: 200)
            for await outcome in client.send(contentsOf: messages) {
                #expect(outcome.receipt != nil, "\(String(describing: outcome.error))")
            }
            #expect(server.messageCount == 201)
            #expect(Set(server.messages.map(\.sessionIndex)) == [0])
        }
    }

    @Test("Q56 421 at the first greeting, then the server is fine: a retry policy gets the message through")
    func busyAtFirst() async throws {
        let script: SMTPTestServer.Script = [
            .on(.connect(occurrence: 1), .reply("421 4.3.2 too many connections"), .close)
        ]
        let time = ManualTime()
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            try await Loopback.withClient(
                [try Loopback.place(of: server)],
                time: time,
                configure: { $0.retryPolicy = .standard }
            ) { client in
                let receipt = try await client.send(Self.message)
                #expect(receipt.accepted.count == 1)
                #expect(time.sleeps.count == 1)
                #expect(server.sessions.count == 2)
            }
        }
    }

    @Test(
        "Q48 more recipients than a connection takes go further, with one receipt",
        arguments: [false, true]
    )
    func recipients(isBulk: Bool) async throws {
        let recipients = (0..<25).map { "customer-\($0)@example.net" }
        let message = RawMessage(Letter.content, envelope: try Letter.envelope(to: recipients))
        try await SMTPTestServer.withServer(.init(maximumRecipients: 10)) { server in
            let configuration = try Loopback.configuration()
            try await SMTPClient.withClient(try Loopback.place(of: server), configuration: configuration) {
                client in
                var receipts: [SendReceipt] = []
                if isBulk {
                    let messages = Array(repeating: message, count: 3)
                    for await outcome in client.send(contentsOf: messages) {
                        receipts.append(try outcome.result.get())
                    }
                } else {
                    receipts.append(try await client.send(message))
                }
                for receipt in receipts {
                    #expect(receipt.accepted.count == 25)
                    #expect(receipt.transactions == 3)
                }
                let stored = server.messages.flatMap(\.addresses).sorted()
                #expect(stored == receipts.flatMap { _ in recipients }.sorted())
            }
        }
    }

    @Test("Q51 a server that stumbles over grouped commands gets them one by one, and every message")
    func brokenPipelining() async throws {
        // It takes one command at a time: a recipient that came together with another gets 502.
        let seen = NIOLockedValueBox(0)
        let script = SMTPTestServer.Script { event in
            guard case .command("RCPT", _) = event.kind, seen.withLockedValue({ $0 }) == 0 else { return nil }
            seen.withLockedValue { $0 += 1 }
            return [.reply("502 5.5.2 Error: command not recognized")]
        }
        try await Self.withClient(script, pool: PoolConfiguration(maximumConnections: 1)) { server, client in
            let messages = Array(repeating: Self.message, count: 20)
            var accepted = 0
            for await outcome in client.send(contentsOf: messages) where outcome.receipt != nil {
                accepted += 1
            }
            #expect(accepted == 20)
            #expect(server.messageCount == 20)
        }
    }

    @Test(
        "Q51 nothing stands behind a message of a server that offers BURL: Dovecot aborts",
        arguments: [false, true]
    )
    func oneByOne(offersBURL: Bool) async throws {
        let extensions = ["PIPELINING"] + (offersBURL ? ["BURL imap"] : [])
        try await SMTPTestServer.withServer(.init(extensions: extensions)) { server in
            let place = try Loopback.place(of: server)
            let configuration = try Loopback.configuration()
            try await SMTPClient.withClient(place, configuration: configuration) { client in
                let messages = Array(repeating: Self.message, count: 40)
                for await outcome in client.send(contentsOf: messages) {
                    let level = outcome.receipt?.negotiation.pipelining
                    #expect(level == (offersBURL ? .transaction : .session))
                }
            }
            #expect(server.messageCount == 40)
        }
    }

    // MARK: Sharing

    @Test(
        "S-C7.1 S-C7.2 clients whose configurations differ share no connection, nor do those that are alike"
    )
    func sharing() async throws {
        let changes: [@Sendable (inout SMTPConfiguration) -> Void] = [
            { _ in },
            { _ in },
            { $0.credentials = Credentials(username: "ann", password: "one") },
            { $0.credentials = Credentials(username: "bob", password: "two") },
            { $0.helloName = try? HelloName("other.example") },
        ]
        var serverConfiguration = SMTPTestServer.Configuration(
            extensions: ["AUTH PLAIN", "PIPELINING"],
            users: ["ann": "one", "bob": "two"]
        )
        serverConfiguration.allowsAuthenticationInClear = true
        try await SMTPTestServer.withServer(serverConfiguration) { server in
            let place = try Loopback.place(of: server)
            let clients = try changes.map { change in
                SMTPClient(
                    place,
                    configuration: try Loopback.configuration {
                        $0.allowsPlaintextAuthentication = true
                        change(&$0)
                    },
                    pool: PoolConfiguration(idleTime: nil)
                )
            }
            // Twice around, so that each could take what another has left idle.
            for _ in 0..<2 {
                for client in clients { try await client.send(Self.message) }
            }
            for client in clients { await client.shutdown() }
            #expect(server.sessions.count == clients.count)
            #expect(server.sessions.map(\.authenticatedUser) == [nil, nil, "ann", "bob", nil])
            #expect(server.sessions.map(\.hello).last == "other.example")
            for session in server.sessions {
                let messages = server.messages.filter { $0.sessionIndex == session.index }
                #expect(messages.count == 2)
                #expect(messages.allSatisfy { $0.authenticatedUser == session.authenticatedUser })
            }
        }
    }
}
