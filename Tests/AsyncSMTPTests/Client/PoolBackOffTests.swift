import NIOCore
import Testing

@testable import AsyncSMTP

@Suite("Pool: going slower")
struct PoolBackOffTests {
    private func bench(connections: Int = 4) -> PoolBench {
        PoolBench(
            PoolConfiguration(
                maximumConnections: connections,
                maximumInFlight: 1,
                idleTime: nil,
                lifetime: nil
            )
        )
    }

    @Test("Q57 a server that throttles gets nothing until the pause is over")
    func throttled() {
        var bench = self.bench()
        _ = bench.enqueue(1)
        _ = bench.opened(1)
        _ = bench.take(1)
        #expect(bench.backOff(.throttled) == ["timer 1.0"])
        #expect(bench.finished(1, 0, failed: 1) == [])
        #expect(bench.enqueue(2, 3) == [])
        #expect(bench.take(1) == [])
        #expect(bench.fire() == ["wake #1", "open #2"])
        #expect(bench.take(1) == ["2"])
    }

    @Test("Q57 pauses grow up to the longest, and start anew behind an accepted message")
    func growing() {
        var bench = self.bench(connections: 1)
        _ = bench.enqueue(1)
        _ = bench.opened(1)
        var end = 0.0
        for delay in [1.0, 2, 4, 8, 16, 32, 60, 60] {
            #expect(bench.backOff(.throttled) == ["timer \(end + delay)"])
            // Many messages may have been on the way.
            #expect(bench.backOff(.throttled) == [])
            end += delay
            _ = bench.fire()
        }
        _ = bench.take(1)
        _ = bench.finished(1)
        #expect(bench.backOff(.throttled) == ["timer \(end + 1)"])
    }

    @Test("Q56 fewer connections for a server that has too many, and one more behind each pause")
    func tooMany() {
        var bench = self.bench()
        #expect(bench.enqueue(1, 2, 3, 4, 5, 6) == ["open #1", "open #2", "open #3", "open #4"])
        _ = bench.opened(1)
        _ = bench.opened(2)
        _ = bench.take(1)
        _ = bench.take(2)
        #expect(bench.backOff(.tooManyConnections) == ["timer 1.0"])
        #expect(bench.openFailed(3) == [])
        #expect(bench.openFailed(4) == [])
        #expect(bench.finished(1) == [])
        #expect(bench.pool.statistics == PoolStatistics(waiting: 4, inFlight: 1, open: 2, idle: 1))
        // The pause is over; opening failed twice, and that is tried again a little later.
        _ = bench.fire()
        #expect(bench.take(1) == ["3"])
        #expect(bench.pace(after: 1).contains("open #5"))
    }

    @Test("Q56 a 421 before anything was delivered is one connection too many")
    func closingEarly() {
        var bench = self.bench(connections: 2)
        _ = bench.enqueue(1, 2, 3)
        _ = bench.opened(1)
        _ = bench.take(1)
        _ = bench.opened(2)
        _ = bench.take(2)
        #expect(bench.returned(2, 2) == ["close #2 retired"])
        #expect(bench.backOff(.closing(deliveredNothing: true)) == ["timer 1.0"])
        #expect(bench.closed(2) == [])
        #expect(bench.finished(1) == [])
        #expect(bench.fire() == ["wake #1", "open #3"])
    }

    @Test("Q42 a 421 behind accepted messages needs no pause")
    func closingLate() {
        var bench = self.bench(connections: 1)
        _ = bench.enqueue(1, 2, 3)
        _ = bench.opened(1)
        _ = bench.take(1)
        _ = bench.finished(1)
        #expect(bench.take(1) == ["2"])
        #expect(bench.backOff(.closing(deliveredNothing: false)) == [])
        #expect(bench.returned(1, 2) == ["close #1 retired"])
        #expect(bench.closed(1) == ["open #2"])
    }

    @Test("what waits fails if no connection can be opened; what comes later waits for the next attempt")
    func connect() {
        var bench = self.bench()
        _ = bench.enqueue(1, 2)
        #expect(bench.openFailed(1) == ["timer 1.0"])
        #expect(bench.openFailed(2) == ["fail 1 connect", "fail 2 connect"])
        #expect(bench.enqueue(3) == [])
        #expect(bench.fire() == ["open #3"])
        #expect(bench.openFailed(3) == ["fail 3 connect", "timer 3.0"])
        #expect(bench.enqueue(PoolSample(waiterID: 4, waitDeadline: bench.at(2))) == ["timer 2.0"])
        #expect(bench.fire() == ["fail 4 deadline", "timer 3.0"])
        #expect(bench.enqueue(5) == [])
        #expect(bench.fire() == ["open #4"])
        #expect(bench.opened(4) == ["wake #4"])
    }

    @Test("a connection that opens ends the pause that another's failure began")
    func openedMeanwhile() {
        var bench = self.bench()
        _ = bench.enqueue(1, 2)
        _ = bench.openFailed(1)
        #expect(bench.opened(2) == ["wake #2", "open #3"])
    }

    @Test("a failure for good fails what waits at once, and the next message tries again at once")
    func permanent() {
        var bench = self.bench()
        _ = bench.enqueue(1)
        #expect(bench.openFailed(1, temporary: false) == ["fail 1 connect"])
        #expect(bench.enqueue(2) == ["open #2"])
    }

    @Test("a failure does not hurt while another connection is open, and is not repeated at once")
    func others() {
        var bench = self.bench(connections: 2)
        _ = bench.enqueue(1, 2, 3)
        _ = bench.opened(1)
        #expect(bench.take(1) == ["1"])
        #expect(bench.openFailed(2, temporary: false) == ["timer 1.0"])
        #expect(bench.finished(1) == ["wake #1"])
        #expect(bench.take(1) == ["2"])
        #expect(bench.fire() == ["open #3"])
    }

    @Test("without back-off nothing waits for a pause")
    func never() {
        var bench = PoolBench(PoolConfiguration(idleTime: nil, lifetime: nil, backOff: nil))
        _ = bench.enqueue(1)
        #expect(bench.openFailed(1) == ["fail 1 connect"])
        #expect(bench.enqueue(2) == ["open #2"])
        _ = bench.opened(2)
        #expect(bench.backOff(.tooManyConnections) == [])
        #expect(bench.take(2) == ["2"])
    }
}
