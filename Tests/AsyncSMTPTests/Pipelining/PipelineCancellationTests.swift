import AsyncSMTP
import SMTPTestServer
import Synchronization
import Testing

/// Sends that are cancelled among others, and clients that are shut down in the middle.
@Suite("Pipelining: cancelled among others", .timeLimit(.minutes(5)))
struct PipelineCancellationTests {
    /// Where the server waits while a send is cancelled.
    struct Place: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let stage: SMTPTestServer.Stage

        static let all = [
            Place(testDescription: "MAIL of the first", stage: .command("MAIL", occurrence: 1)),
            Place(testDescription: "end of the first", stage: .endOfContent(occurrence: 1)),
            Place(testDescription: "RCPT of the fourth", stage: .command("RCPT", occurrence: 4)),
            Place(testDescription: "end of the fourth", stage: .endOfContent(occurrence: 4)),
        ]
    }

    private func withClient(
        _ server: SMTPTestServer,
        usesChunking: Bool,
        maximumInFlight: Int = 16,
        _ body: (SMTPClient) async throws -> Void
    ) async throws {
        var configuration = try Loopback.configuration()
        configuration.sending.usesChunking = usesChunking
        try await SMTPClient.withClient(
            try Loopback.place(of: server),
            configuration: configuration,
            pool: PoolConfiguration(
                maximumConnections: 1,
                maximumInFlight: maximumInFlight,
                backOff: nil
            ),
            body
        )
    }

    private func begin(_ letter: NumberedLetter, _ client: SMTPClient) -> Task<SendReceipt, any Error> {
        Task { try await client.send(letter.message) }
    }

    private func result(of task: Task<SendReceipt, any Error>) async -> Result<SendReceipt, SMTPError> {
        do {
            return .success(try await task.value)
        } catch {
            return .failure(error as? SMTPError ?? SMTPError.cancelledOtherwise)
        }
    }

    @Test(
        "S-E6.1 a send cancelled among eight ends at once with the truth, the others succeed",
        arguments: Place.all,
        [false, true]
    )
    func oneOfEight(at place: Place, usesChunking: Bool) async throws {
        for cancelled in 0..<8 {
            let gate = SMTPTestServer.Gate()
            let script: SMTPTestServer.Script = [.on(place.stage, .hold(gate), .default)]
            try await SMTPTestServer.withServer(.init(script: script)) { server in
                let letters = try NumberedLetter.many(8)
                try await self.withClient(server, usesChunking: usesChunking) { client in
                    let tasks = letters.map { self.begin($0, client) }
                    try await gate.waitUntilReached()
                    tasks[cancelled].cancel()
                    let early = await self.result(of: tasks[cancelled])
                    gate.open()
                    var results: [Result<SendReceipt, SMTPError>] = []
                    for task in tasks { results.append(await self.result(of: task)) }
                    if case .failure(let error) = early { #expect(error.code == .cancelled) }
                    await client.shutdown()
                    try await server.waitForSessionsClosed(server.sessions.count)
                    let reckoning = Reckoning(server.messages)
                    for (letter, result) in zip(letters, results) {
                        #expect(reckoning.contradictions(result, of: letter) == [])
                    }
                    // One that was alone on the connection, and undecided, takes the connection with it; with it
                    // what nobody could know better.
                    let failed = results.indices.filter { (try? results[$0].get()) == nil }
                    #expect(failed == [] || failed == [cancelled])
                }
            }
        }
    }

    @Test("S-E6.1 a send cancelled in the queue was not sent", arguments: [false, true])
    func inQueue(usesChunking: Bool) async throws {
        let gate = SMTPTestServer.Gate()
        let script: SMTPTestServer.Script = [.on(.command("MAIL", occurrence: 1), .hold(gate), .default)]
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            let letters = try NumberedLetter.many(6)
            try await self.withClient(server, usesChunking: usesChunking, maximumInFlight: 1) { client in
                let first = self.begin(letters[0], client)
                try await gate.waitUntilReached()
                let others = letters.dropFirst().map { self.begin($0, client) }
                others[1].cancel()
                guard case .failure(let error) = await self.result(of: others[1]) else {
                    Issue.record("the send that was cancelled succeeded")
                    return
                }
                #expect(error.code == .cancelled)
                #expect(error.acceptance == .notAccepted)
                gate.open()
                #expect(try await first.value.accepted.count == 1)
                for index in [0, 2, 3, 4] { #expect(try await others[index].value.accepted.count == 1) }
            }
            #expect(server.messageCount == 5)
            #expect(server.sessions.count == 1)
            #expect(Reckoning(server.messages).count(letters[2].sender, "one@example.net") == 0)
        }
    }

    /// Letters that count how many of them were taken.
    private struct Counted: Sequence, Sendable {
        final class Count: Sendable {
            private let count = Mutex(0)

            var value: Int { self.count.withLock { $0 } }

            func next() -> Int {
                self.count.withLock { count in
                    defer { count += 1 }
                    return count
                }
            }
        }

        let letters: [NumberedLetter]
        let count = Count()

        func makeIterator() -> AnyIterator<RawMessage> {
            AnyIterator {
                let next = self.count.next()
                return next < self.letters.count ? self.letters[next].message : nil
            }
        }

        /// Letters taken.
        var taken: Int { Swift.min(self.count.value, self.letters.count) }
    }

    @Test(
        "S-E6 a loop over outcomes that is cancelled tells the fate of each message it began",
        arguments: [false, true]
    )
    func cancelledLoop(usesChunking: Bool) async throws {
        try await SMTPTestServer.withServer { server in
            let counted = Counted(letters: try NumberedLetter.many(1_000))
            try await self.withClient(server, usesChunking: usesChunking) { client in
                let (reached, never) = (SMTPTestServer.Gate(), SMTPTestServer.Gate())
                let loop = Task {
                    var outcomes: [SendOutcome] = []
                    for await outcome in client.send(contentsOf: counted, maximumPending: 24) {
                        outcomes.append(outcome)
                        guard outcomes.count == 30 else { continue }
                        reached.open()
                        // Ends when the task is cancelled.
                        try? await never.wait()
                    }
                    return outcomes
                }
                try await reached.wait()
                loop.cancel()
                let outcomes = await loop.value
                await client.shutdown()
                try await server.waitForSessionsClosed(server.sessions.count)
                #expect(outcomes.map(\.index).sorted() == Array(0..<counted.taken))
                #expect(counted.taken < 1_000)
                let reckoning = Reckoning(server.messages)
                for outcome in outcomes {
                    let letter = counted.letters[outcome.index]
                    #expect(reckoning.contradictions(outcome.result, of: letter) == [])
                    if let error = outcome.error { #expect(error.code == .cancelled) }
                }
                #expect(server.messageCount == outcomes.count { $0.receipt != nil })
            }
        }
    }

    /// Letters of which taking the eighth cancels the task that sends them.
    private final class Trap: Sequence, Sendable {
        let letters: [NumberedLetter]
        let task = Mutex<Task<[SendOutcome], Never>?>(nil)

        init(_ letters: [NumberedLetter]) {
            self.letters = letters
        }

        func makeIterator() -> AnyIterator<RawMessage> {
            var next = 0
            return AnyIterator {
                next += 1
                if next == 8 { self.task.withLock { $0 }?.cancel() }
                return next <= self.letters.count ? self.letters[next - 1].message : nil
            }
        }
    }

    @Test("S-E6 a loop cancelled while messages are handed over does not wait for a connection")
    func cancelledBeforeBeginning() async throws {
        let (greeting, start) = (SMTPTestServer.Gate(), SMTPTestServer.Gate())
        let script: SMTPTestServer.Script = [.on(.connect, .hold(greeting), .default)]
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            let trap = Trap(try NumberedLetter.many(100))
            try await self.withClient(server, usesChunking: false) { client in
                let loop = Task {
                    try? await start.wait()
                    var outcomes: [SendOutcome] = []
                    for await outcome in client.send(contentsOf: trap, maximumPending: 16) {
                        outcomes.append(outcome)
                    }
                    return outcomes
                }
                trap.task.withLock { $0 = loop }
                start.open()
                let outcomes = await loop.value
                #expect(!greeting.isOpen)
                #expect(outcomes.map(\.index).sorted() == Array(0..<16))
                #expect(outcomes.allSatisfy { $0.error?.code == .cancelled })
                #expect(outcomes.allSatisfy { $0.error?.acceptance == .notAccepted })
                greeting.open()
            }
            #expect(server.messageCount == 0)
        }
    }

    @Test("S-E6 a loop over outcomes that is left begins no more messages", arguments: [false, true])
    func leftLoop(usesChunking: Bool) async throws {
        try await SMTPTestServer.withServer { server in
            let counted = Counted(letters: try NumberedLetter.many(1_000))
            try await self.withClient(server, usesChunking: usesChunking) { client in
                var indices: [Int] = []
                for await outcome in client.send(contentsOf: counted, maximumPending: 16) {
                    #expect(outcome.error == nil)
                    indices.append(outcome.index)
                    if indices.count == 5 { break }
                }
                await client.shutdown()
                try await server.waitForSessionsClosed(server.sessions.count)
                let reckoning = Reckoning(server.messages)
                for index in indices {
                    #expect(reckoning.count(counted.letters[index].sender, "one@example.net") == 1)
                }
                for letter in counted.letters {
                    #expect(reckoning.count(letter.sender, "one@example.net") <= 1)
                }
                // Each step of the loop takes at most what may be pending.
                #expect(server.messageCount <= 6 * 16)
                #expect(server.messageCount <= counted.taken)
            }
        }
    }

    @Test(
        "a client that is shut down in the middle finishes what it has",
        arguments: [false, true],
        [false, true]
    )
    func shutdown(now: Bool, usesChunking: Bool) async throws {
        try await SMTPTestServer.withServer { server in
            let letters = try NumberedLetter.many(60)
            try await self.withClient(server, usesChunking: usesChunking) { client in
                async let pending = client.sendByTasks(letters)
                try await server.waitForMessages(5)
                if now { await client.shutdownNow() } else { await client.shutdown() }
                let results = await pending
                try await server.waitForSessionsClosed(server.sessions.count)
                #expect(results.count == letters.count)
                let reckoning = Reckoning(server.messages)
                for (letter, result) in zip(letters, results) {
                    #expect(reckoning.contradictions(result, of: letter) == [])
                    guard case .failure(let error) = result else { continue }
                    #expect(error.code == .closed)
                    // Only where it was closed at once may anything be uncertain.
                    #expect(now || error.acceptance == .notAccepted)
                }
            }
        }
    }
}

extension SMTPError {
    /// Stands for an error that is none of ours.
    fileprivate static let cancelledOtherwise = SMTPError(
        .invalidArgument,
        "unexpected error",
        stage: .command
    )
}
