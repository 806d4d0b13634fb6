import NIOCore
import Testing

@testable import AsyncSMTP

@Suite("Pool: growth and who gets what")
struct PoolGrowthTests {
    private let plain = PoolConfiguration(
        maximumConnections: 2,
        maximumInFlight: 2,
        idleTime: nil,
        lifetime: nil
    )

    @Test("the first message opens a connection, and one by one they open no more than there are")
    func lazy() {
        var bench = PoolBench(self.plain)
        #expect(bench.enqueue(1) == ["open #1"])
        #expect(bench.opened(1) == ["wake #1"])
        #expect(bench.take(1) == ["1"])
        #expect(bench.finished(1) == [])
        // An idle one is used again.
        #expect(bench.enqueue(2) == ["wake #1"])
        #expect(bench.take(1) == ["2"])
        #expect(bench.pool.statistics == PoolStatistics(inFlight: 1, open: 1))
    }

    @Test("a message rides on a busy connection while another is opened")
    func rides() {
        var bench = PoolBench(self.plain)
        _ = bench.enqueue(1)
        _ = bench.opened(1)
        _ = bench.take(1)
        #expect(bench.enqueue(2) == ["wake #1", "open #2"])
        #expect(bench.take(1) == ["2"])
        #expect(bench.opened(2) == [])
        #expect(bench.enqueue(3) == ["wake #2"])
    }

    @Test("a batch opens as many as it needs and may have")
    func batch() {
        var bench = PoolBench(self.plain)
        #expect(bench.enqueue(1, 2, 3, 4, 5, 6) == ["open #1", "open #2"])
        #expect(bench.opened(1) == ["wake #1"])
        // Half of six, and no more than two at a time.
        #expect(bench.take(1) == ["1", "2"])
        #expect(bench.opened(2) == ["wake #2"])
        #expect(bench.take(2) == ["3", "4"])
        #expect(bench.finished(1) == ["wake #1"])
        #expect(bench.take(1) == ["5"])
        #expect(bench.finished(2, 0, failed: 1) == ["wake #2"])
        #expect(bench.take(2) == ["6"])
    }

    @Test("the first to come leaves the others their share")
    func share() {
        var bench = PoolBench(
            PoolConfiguration(maximumConnections: 2, maximumInFlight: 16, idleTime: nil, lifetime: nil)
        )
        _ = bench.enqueue(1, 2, 3, 4, 5)
        _ = bench.opened(1)
        _ = bench.opened(2)
        #expect(bench.take(1) == ["1", "2", "3", "wake #1"])
        #expect(bench.take(2) == ["4"])
        #expect(bench.take(1) == ["5"])
    }

    @Test("the idle connection that was used last goes first, then the one with the fewest messages")
    func choice() {
        var bench = PoolBench(
            PoolConfiguration(maximumConnections: 2, maximumInFlight: 16, idleTime: nil, lifetime: nil)
        )
        _ = bench.enqueue(1, 2, 3, 4)
        _ = bench.opened(1)
        _ = bench.opened(2)
        #expect(bench.take(1, atMost: 1) == ["1", "wake #1"])
        #expect(bench.take(2, atMost: 1) == ["2", "wake #2"])
        #expect(bench.take(1, atMost: 1) == ["3"])
        #expect(bench.take(2, atMost: 1) == ["4"])
        _ = bench.finished(2, 1)
        #expect(bench.enqueue(5) == ["wake #2"])
        #expect(bench.take(2) == ["5"])
        _ = bench.finished(1, 2)
        _ = bench.finished(2, 2)
        #expect(bench.enqueue(6) == ["wake #2"])
    }

    @Test("closing connections count until they are gone")
    func closingCounts() {
        var bench = PoolBench(
            PoolConfiguration(
                maximumConnections: 1,
                idleTime: nil,
                lifetime: nil,
                maximumMessagesPerConnection: 1
            )
        )
        _ = bench.enqueue(1, 2)
        _ = bench.opened(1)
        #expect(bench.take(1) == ["1"])
        #expect(bench.finished(1) == ["close #1 messageLimit"])
        #expect(bench.pool.statistics.closing == 1)
        #expect(bench.closed(1) == ["open #2"])
        #expect(bench.opened(2) == ["wake #2"])
        #expect(bench.take(2) == ["2"])
    }

    @Test("Q41 what a stale connection returns goes to another one, before all others")
    func stale() {
        var bench = PoolBench(
            PoolConfiguration(maximumConnections: 1, maximumInFlight: 4, idleTime: nil, lifetime: nil)
        )
        _ = bench.enqueue(1, 2, 3, 4, 5)
        _ = bench.opened(1)
        #expect(bench.take(1) == ["1", "2", "3", "4"])
        #expect(bench.finished(1) == ["wake #1"])
        #expect(bench.returned(1, 2, 3, 4) == ["close #1 retired"])
        #expect(bench.take(1) == [])
        #expect(bench.closed(1) == ["open #2"])
        #expect(bench.opened(2) == ["wake #2"])
        #expect(bench.take(2) == ["2", "3", "4", "5"])
    }

    @Test("a message at the front goes first")
    func front() {
        var bench = PoolBench(self.plain)
        _ = bench.enqueue(1, 2)
        _ = bench.enqueue(PoolSample(waiterID: 3), atFront: true)
        _ = bench.opened(1)
        #expect(bench.take(1) == ["3", "1"])
    }

    @Test("a connection that is gone is not known any more")
    func gone() {
        var bench = PoolBench(self.plain)
        _ = bench.enqueue(1)
        _ = bench.opened(1)
        #expect(bench.closed(1) == ["fail 1 connect", "timer 1.0"])
        #expect(bench.take(1) == [])
        #expect(bench.finished(1) == [])
        #expect(bench.retire(1) == [])
        #expect(bench.closed(1) == [])
        #expect(bench.pool.statistics == PoolStatistics())
    }
}
