import NIOConcurrencyHelpers
import OpenSSLCrypto
import SASL
import Testing

// On the main actor a task that announces itself and then waits has begun to wait before the test goes on.
@MainActor
@Suite("Token source", .timeLimit(.minutes(5)))
struct TokenSourceTests {
    /// A provider that counts, and can be held.
    private final class Provider: Sendable {
        private let count = NIOLockedValueBox(0)
        let asked: AsyncStream<Int>
        private let announce: AsyncStream<Int>.Continuation
        private let gate: AsyncStream<Void>
        private let opening: AsyncStream<Void>.Continuation
        let isHeld: Bool
        let wasCancelled: AsyncStream<Void>
        private let cancellation: AsyncStream<Void>.Continuation

        init(isHeld: Bool = false) {
            self.isHeld = isHeld
            (self.asked, self.announce) = AsyncStream.makeStream(of: Int.self)
            (self.gate, self.opening) = AsyncStream.makeStream(of: Void.self)
            (self.wasCancelled, self.cancellation) = AsyncStream.makeStream(of: Void.self)
        }

        var calls: Int { self.count.withLockedValue { $0 } }

        func open() { self.opening.yield() }

        func next() async throws -> Secret {
            let number = self.count.withLockedValue { count in
                count += 1
                return count
            }
            self.announce.yield(number)
            if self.isHeld {
                for await _ in self.gate { break }
                if Task.isCancelled {
                    self.cancellation.yield()
                    throw CancellationError()
                }
            }
            return Secret("token \(number)")
        }
    }

    private static func first<Element: Sendable>(of stream: AsyncStream<Element>) async -> Element? {
        for await element in stream { return element }
        return nil
    }

    @Test("S-D7 a token is fetched once and kept")
    func kept() async throws {
        let provider = Provider()
        let source = TokenSource { try await provider.next() }
        #expect(try await source.token() == "token 1")
        #expect(try await source.token() == "token 1")
        #expect(provider.calls == 1)
    }

    @Test("S-D7 any number of callers share one fetch")
    func singleFlight() async throws {
        let provider = Provider()
        let source = TokenSource { try await provider.next() }
        try await withThrowingTaskGroup(of: Secret.self) { group in
            for _ in 0..<100 { group.addTask { try await source.token() } }
            for try await token in group { #expect(token == "token 1") }
        }
        try await withThrowingTaskGroup(of: Secret?.self) { group in
            for _ in 0..<100 { group.addTask { try await source.refresh(rejected: "token 1") } }
            for try await token in group { #expect(token == "token 2") }
        }
        #expect(provider.calls == 2)
    }

    @Test("S-D7 who comes with a token that was replaced gets the new one")
    func late() async throws {
        let provider = Provider()
        let source = TokenSource { try await provider.next() }
        _ = try await source.token()
        #expect(try await source.refresh(rejected: "token 1") == "token 2")
        #expect(try await source.refresh(rejected: "token 1") == "token 2")
        #expect(try await source.token() == "token 2")
        #expect(try await source.refresh(rejected: "token 2") == "token 3")
        #expect(provider.calls == 3)
    }

    @Test("S-D7 R7628-4 a provider that has no other token is asked once for it, and again by a later login")
    func noOther() async throws {
        let count = NIOLockedValueBox(0)
        let source = TokenSource {
            count.withLockedValue { $0 += 1 }
            return "same"
        }
        _ = try await source.token()
        #expect(try await source.refresh(rejected: "same") == nil)
        #expect(try await source.refresh(rejected: "same") == nil)
        #expect(try await source.refresh(rejected: "same") == nil)
        #expect(count.withLockedValue { $0 } == 2)
        #expect(try await source.token() == "same")
        #expect(count.withLockedValue { $0 } == 3)
    }

    @Test("a fixed token is not replaced")
    func fixed() async throws {
        let source = TokenSource(fixed: "tok")
        #expect(try await source.token() == "tok")
        #expect(try await source.refresh(rejected: "tok") == nil)
    }

    @Test("an error of the provider is the caller's error, and not kept")
    func failure() async throws {
        struct Down: Error {}
        let fails = NIOLockedValueBox(true)
        let source = TokenSource {
            if fails.withLockedValue({ $0 }) { throw Down() }
            return "tok"
        }
        await #expect(throws: Down.self) { try await source.token() }
        await #expect(throws: Down.self) { try await source.refresh(rejected: "old") }
        fails.withLockedValue { $0 = false }
        #expect(try await source.token() == "tok")
    }

    @Test("S-D7 a waiter that is cancelled leaves the fetch to the others")
    func cancelOne() async throws {
        let provider = Provider(isHeld: true)
        let source = TokenSource { try await provider.next() }
        let first = Task { try await source.token() }
        #expect(await Self.first(of: provider.asked) == 1)
        let (waiting, announce) = AsyncStream.makeStream(of: Void.self)
        let second = Task {
            announce.yield()
            return try await source.token()
        }
        _ = await Self.first(of: waiting)
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        provider.open()
        #expect(try await second.value == "token 1")
        #expect(provider.calls == 1)
    }

    @Test("a fetch that nobody waits for any more is cancelled, and the next caller begins another")
    func cancelAll() async throws {
        let provider = Provider(isHeld: true)
        let source = TokenSource { try await provider.next() }
        let first = Task { try await source.token() }
        #expect(await Self.first(of: provider.asked) == 1)
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        #expect(await Self.first(of: provider.wasCancelled) != nil)
    }

    @Test("sources are equal when they are one object, and print no token")
    func identity() {
        let source = TokenSource(fixed: "hunter2")
        #expect(source == source)
        #expect(source != TokenSource(fixed: "hunter2"))
        var dumped = ""
        dump(source, to: &dumped)
        #expect(!"\(source) \(String(reflecting: source)) \(dumped)".contains("hunter2"))
    }
}
