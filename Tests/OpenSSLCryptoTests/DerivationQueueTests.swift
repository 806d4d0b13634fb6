import Dispatch
import NIOConcurrencyHelpers
import Testing

@testable import OpenSSLCrypto

@MainActor
@Suite(.timeLimit(.minutes(5)))
struct DerivationQueueTests {
    /// Work that tells when it began and then waits for leave to end.
    private final class Gate: Sendable {
        let began: AsyncStream<String>
        private let announce: AsyncStream<String>.Continuation
        private let leave = DispatchSemaphore(value: 0)
        private let counts = NIOLockedValueBox((running: 0, most: 0, begun: 0))

        init() {
            (self.began, self.announce) = AsyncStream.makeStream(of: String.self)
        }

        var most: Int { self.counts.withLockedValue { $0.most } }
        var begun: Int { self.counts.withLockedValue { $0.begun } }

        func open(_ times: Int) {
            for _ in 0..<times { self.leave.signal() }
        }

        func pass(_ name: String) -> Secret {
            self.counts.withLockedValue {
                $0.running += 1
                $0.begun += 1
                $0.most = max($0.most, $0.running)
            }
            self.announce.yield(name)
            self.leave.wait()
            self.counts.withLockedValue { $0.running -= 1 }
            return Secret(name)
        }
    }

    @Test("a cancelled task gets its error although the computation goes on")
    func cancelWhileRunning() async throws {
        let queue = DerivationQueue(width: 1)
        let gate = Gate()
        let task = Task { try await queue.run { gate.pass("first") } }
        var began = gate.began.makeAsyncIterator()
        _ = await began.next()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        gate.open(1)
    }

    @Test("no more computations run at a time than allowed, and all of them end", arguments: [1, 2])
    func width(_ width: Int) async throws {
        let queue = DerivationQueue(width: width)
        let gate = Gate()
        gate.open(20)
        try await withThrowingTaskGroup(of: Secret.self) { group in
            for number in 0..<20 { group.addTask { try await queue.run { gate.pass("\(number)") } } }
            var results: Set<[UInt8]> = []
            for try await result in group { results.insert(result.copy()) }
            #expect(results.count == 20)
        }
        #expect(gate.most <= width)
        #expect(gate.begun == 20)
    }

    @Test("a computation cancelled before its turn never begins")
    func cancelWhileWaiting() async throws {
        let queue = DerivationQueue(width: 1)
        let gate = Gate()
        let first = Task { try await queue.run { gate.pass("first") } }
        var began = gate.began.makeAsyncIterator()
        _ = await began.next()
        let second = Task { try await queue.run { gate.pass("second") } }
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        let third = Task { try await queue.run { gate.pass("third") } }
        gate.open(2)
        #expect(try await first.value == "first")
        #expect(try await third.value == "third")
        #expect(gate.begun == 2)
    }

    @Test("an error of the work is the caller's error, and the queue goes on")
    func failure() async throws {
        let queue = DerivationQueue(width: 1)
        await #expect(throws: CryptoError("no")) { try await queue.run { throw CryptoError("no") } }
        #expect(try await queue.run { "yes" } == "yes")
    }
}
