import NIOCore
import Testing

@testable import AsyncSMTP

@Suite("Pool: shutting down")
struct PoolShutDownTests {
    private func busy() -> PoolBench {
        var bench = PoolBench(
            PoolConfiguration(maximumConnections: 1, maximumInFlight: 1, idleTime: nil, lifetime: nil)
        )
        _ = bench.enqueue(1, 2)
        _ = bench.opened(1)
        _ = bench.take(1)
        return bench
    }

    @Test("an empty pool is shut down at once, and once", arguments: [false, true])
    func empty(atOnce: Bool) {
        var bench = PoolBench()
        #expect((atOnce ? bench.shutDownNow() : bench.drain()) == ["drained"])
        #expect(bench.drain() == [])
        #expect(bench.shutDownNow() == [])
        #expect(bench.enqueue(1) == ["fail 1 shutDown"])
    }

    @Test("draining finishes what waits and refuses what is new")
    func drain() {
        var bench = self.busy()
        #expect(bench.drain() == [])
        #expect(bench.enqueue(3) == ["fail 3 shutDown"])
        #expect(bench.finished(1) == ["wake #1"])
        #expect(bench.take(1) == ["2"])
        #expect(bench.finished(1) == ["close #1 shutDown"])
        #expect(bench.closed(1) == ["drained"])
    }

    @Test("what is returned while draining gets another connection")
    func drainReturned() {
        var bench = self.busy()
        _ = bench.drain()
        #expect(bench.returned(1, 1) == ["close #1 retired"])
        #expect(bench.closed(1) == ["open #2"])
        _ = bench.opened(2)
        #expect(bench.take(2) == ["1"])
    }

    @Test("draining ends with a cancellation, and gives up what is being opened")
    func drainCancelled() {
        var bench = PoolBench()
        _ = bench.enqueue(1)
        #expect(bench.drain() == [])
        #expect(bench.cancel(1) == ["cancelled 1", "close #1 shutDown"])
        #expect(bench.opened(1) == [])
        #expect(bench.openFailed(1) == ["drained"])
    }

    @Test("at once means at once")
    func now() {
        var bench = self.busy()
        #expect(bench.shutDownNow() == ["fail 2 shutDown", "close #1 immediately"])
        #expect(bench.returned(1, 1) == ["fail 1 shutDown"])
        #expect(bench.closed(1) == ["drained"])
    }

    @Test("draining can be cut short")
    func drainThenNow() {
        var bench = self.busy()
        _ = bench.drain()
        #expect(bench.shutDownNow() == ["fail 2 shutDown", "close #1 immediately"])
        #expect(bench.finished(1, 0, failed: 1) == [])
        #expect(bench.closed(1) == ["drained"])
    }
}
