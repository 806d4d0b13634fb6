import AsyncSMTP
import Foundation
import SMTPTestServer
import Testing

/// Many messages by one call.
@Suite("Client: many messages", .timeLimit(.minutes(2)))
struct BulkTests {
    struct Broken: Error, Equatable {}

    private static func letter(_ index: Int) -> RawMessage {
        Letter.message("From: ann@example.org", "To: customer-\(index)@example.net", "Subject: \(index)")
    }

    /// Takes everything, and checks that there is one outcome for each of so many.
    private static func outcomes(
        _ stream: SendOutcomes<Never>,
        count: Int,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async -> [Int: SendOutcome] {
        var outcomes: [Int: SendOutcome] = [:]
        for await outcome in stream {
            #expect(outcomes[outcome.index] == nil, "\(outcome.index)", sourceLocation: sourceLocation)
            outcomes[outcome.index] = outcome
        }
        #expect(Set(outcomes.keys) == Set(0..<count), sourceLocation: sourceLocation)
        return outcomes
    }

    /// Checks that the server has one message to each of these customers and no other.
    private static func expect(
        _ server: SMTPTestServer,
        has customers: some Sequence<Int>,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let addresses = server.messages.flatMap(\.addresses).sorted()
        let expected = customers.map { "customer-\($0)@example.net" }.sorted()
        #expect(addresses == expected, sourceLocation: sourceLocation)
    }

    // MARK: Sources

    @Test("an array: each message has one outcome, and is stored once", arguments: PipeliningLevel.allCases)
    func array(level: PipeliningLevel) async throws {
        try await Loopback.withClient(configure: { $0.sending.pipelining = level }) { server, client in
            let outcomes = await Self.outcomes(
                client.send(contentsOf: (0..<300).map(Self.letter)),
                count: 300
            )
            #expect(outcomes.values.allSatisfy { $0.receipt?.accepted.count == 1 && $0.error == nil })
            Self.expect(server, has: 0..<300)
            #expect(server.sessions.count <= 4)
        }
    }

    @Test("no message at all ends at once, without a connection")
    func empty() async throws {
        try await Loopback.withClient { server, client in
            _ = await Self.outcomes(client.send(contentsOf: [RawMessage]()), count: 0)
            #expect(server.sessions.isEmpty)
        }
    }

    @Test("a lazy sequence is asked for messages as they are sent")
    func lazySequence() async throws {
        try await Loopback.withClient { server, client in
            let source = CountedSource(limit: 150, Self.letter)
            let outcomes = await Self.outcomes(
                client.send(contentsOf: source, maximumPending: 7),
                count: 150
            )
            #expect(outcomes.values.allSatisfy { $0.receipt != nil })
            #expect(source.asked == 150)
            Self.expect(server, has: 0..<150)
        }
    }

    @Test("an asynchronous sequence")
    func asyncSequence() async throws {
        try await Loopback.withClient { server, client in
            let (stream, continuation) = AsyncStream<RawMessage>.makeStream()
            for index in 0..<50 { continuation.yield(Self.letter(index)) }
            continuation.finish()
            let outcomes = await Self.outcomes(client.send(contentsOf: stream), count: 50)
            #expect(outcomes.values.allSatisfy { $0.receipt != nil })
            Self.expect(server, has: 0..<50)
        }
    }

    @Test("an asynchronous sequence that throws: its error comes behind all outcomes")
    func throwingSequence() async throws {
        try await Loopback.withClient { server, client in
            let (stream, continuation) = AsyncThrowingStream<RawMessage, any Error>.makeStream()
            for index in 0..<20 { continuation.yield(Self.letter(index)) }
            continuation.finish(throwing: Broken())
            var indices: Set<Int> = []
            await #expect(throws: Broken.self) {
                for try await outcome in client.send(contentsOf: stream, maximumPending: 4) {
                    #expect(outcome.receipt != nil)
                    #expect(indices.insert(outcome.index).inserted)
                }
            }
            #expect(indices == Set(0..<20))
            Self.expect(server, has: 0..<20)
        }
    }

    @Test("a closure makes the messages; what it throws is the outcome of that one")
    func personalised() async throws {
        try await Loopback.withClient { server, client in
            let stream = client.send(toEach: 0..<100) { index in
                if index == 31 { throw SMTPError(.invalidArgument, "not this one", stage: .preparation) }
                if index % 10 == 3 { throw Broken() }
                return Self.letter(index)
            }
            let outcomes = await Self.outcomes(stream, count: 100)
            for (index, outcome) in outcomes {
                switch index {
                case 31: #expect(outcome.error?.code == .invalidArgument)
                case _ where index % 10 == 3:
                    #expect(outcome.error?.code == .invalidMessage)
                    #expect(outcome.error?.stage == .preparation)
                    #expect(outcome.error?.underlying as? Broken == Broken())
                default: #expect(outcome.receipt != nil)
                }
            }
            Self.expect(server, has: (0..<100).filter { $0 != 31 && $0 % 10 != 3 })
        }
    }

    // MARK: Back-pressure

    @Test(
        "the source is asked for no more than may be under way, whatever the consumer has taken",
        arguments: [1, 10, 100],
        [0, 1, 3, 25]
    )
    func backPressure(maximumPending: Int, taken: Int) async throws {
        try await Loopback.withClient { server, client in
            let source = CountedSource(limit: .max, Self.letter)
            do {
                var iterator = client.send(contentsOf: source, maximumPending: maximumPending)
                    .makeAsyncIterator()
                for _ in 0..<taken { #expect(await iterator.next()?.receipt != nil) }
                // All that is begun ends, and nobody takes it.
                if taken > 0 {
                    let settled = taken + maximumPending / 2
                    _ = try await server.waitForMessages(settled)
                }
                for _ in 0..<100 { await Task.yield() }
                #expect(source.asked <= taken + maximumPending)
                withExtendedLifetime(iterator) {}
            }
            // The iteration was left: no message is begun any more, those that were are sent or taken back.
            await client.shutdown()
            #expect(server.messageCount <= taken + maximumPending)
        }
    }

    // MARK: Messages that cannot be sent

    @Test("messages that cannot be sent have their outcome, and the others are sent")
    func bad() async throws {
        try await Loopback.withClient { server, client in
            var messages = (0..<60).map(Self.letter)
            messages[5] = RawMessage(.text("no header at all\r\n"))
            messages[20] = Letter.message("From: ann@example.org", "To: not an address <", "Subject: x")
            messages[40] = RawMessage(.text("From: ann@example.org\r\nTo: b@example.net\r\n\r\na\u{0}b\r\n"))
            messages[59] = Letter.message("From: ann@example.org", "Subject: to nobody")
            let outcomes = await Self.outcomes(client.send(contentsOf: messages), count: 60)
            let bad: Set<Int> = [5, 20, 40, 59]
            for (index, outcome) in outcomes {
                guard bad.contains(index) else {
                    #expect(outcome.receipt != nil, "\(index)")
                    continue
                }
                #expect(outcome.error?.acceptance == .notAccepted, "\(index)")
                #expect(outcome.error?.retryAdvice == .doNotRetry, "\(index)")
            }
            Self.expect(server, has: (0..<60).filter { !bad.contains($0) })
        }
    }

    @Test("Q55 a refused message does not disturb its neighbours", arguments: PipeliningLevel.allCases)
    func refused(level: PipeliningLevel) async throws {
        let script: SMTPTestServer.Script = [
            .on(.command("RCPT", where: { $0.contains("customer-7@") }), .reply("450 4.7.1 greylisted")),
            .on(.command("RCPT", where: { $0.contains("customer-9@") }), .reply("550 5.1.1 unknown")),
        ]
        try await Loopback.withClient(
            .init(script: script),
            configure: { $0.sending.pipelining = level }
        ) { server, client in
            let outcomes = await Self.outcomes(
                client.send(contentsOf: (0..<30).map(Self.letter)),
                count: 30
            )
            #expect(outcomes[7]?.error?.acceptance == .refusedTemporarily)
            #expect(outcomes[9]?.error?.acceptance == .refusedPermanently)
            #expect(outcomes.values.filter { $0.receipt != nil }.count == 28)
            Self.expect(server, has: (0..<30).filter { $0 != 7 && $0 != 9 })
        }
    }

    // MARK: Files and streams

    @Test("files and streams go among small messages", arguments: [false, true])
    func large(usesChunking: Bool) async throws {
        try await TestDirectory.with { directory in
            let path = directory.appending(path: "letter.eml").path()
            let body = String(repeating: "0123456789abcdef0123456789abcdef\r\n", count: 20_000)
            @Sendable func text(_ index: Int) -> String {
                "From: ann@example.org\r\nTo: customer-\(index)@example.net\r\nSubject: \(index)\r\n\r\n\(body)"
            }
            try Data(text(3).utf8).write(to: URL(filePath: path))
            let envelope = try Envelope(from: "ann@example.org", to: ["customer-10@example.net"])
            var messages = (0..<30).map(Self.letter)
            messages[3] = RawMessage(.file(path))
            messages[10] = RawMessage(
                .stream {
                    AsyncStream {
                        $0.yield(Array(text(10).utf8)); $0.finish()
                    }
                },
                envelope: envelope
            )
            messages[20] = RawMessage(.text(text(20)))
            messages[25] = RawMessage(.file(path + ".missing"))
            try await Loopback.withClient(configure: { $0.sending.usesChunking = usesChunking }) {
                server,
                client in
                let outcomes = await Self.outcomes(client.send(contentsOf: messages), count: 30)
                #expect(outcomes[25]?.error?.code == .contentSourceFailed)
                #expect(outcomes.values.filter { $0.receipt != nil }.count == 29)
                Self.expect(server, has: (0..<30).filter { $0 != 25 })
                for index in [3, 10, 20] {
                    let stored = server.messages.first { $0.addresses == ["customer-\(index)@example.net"] }
                    #expect(stored?.text == text(index), "\(index)")
                }
            }
        }
    }
}
