import NIOCore
import Testing

@testable import AsyncSMTP

@Suite("Pool: messages that want a connection for themselves")
struct PoolExclusiveTests {
    private func bench(connections: Int) -> PoolBench {
        PoolBench(
            PoolConfiguration(
                maximumConnections: connections,
                maximumInFlight: 4,
                idleTime: nil,
                lifetime: nil
            )
        )
    }

    @Test("nothing goes with or behind one")
    func alone() {
        var bench = self.bench(connections: 1)
        _ = bench.enqueue(1, exclusive: true)
        _ = bench.enqueue(2, 3)
        _ = bench.opened(1)
        #expect(bench.take(1) == ["1"])
        #expect(bench.take(1) == [])
        #expect(bench.finished(1) == ["wake #1"])
        #expect(bench.take(1) == ["2", "3"])
    }

    @Test("one at the head lets a single connection become empty")
    func single() {
        var bench = self.bench(connections: 1)
        _ = bench.enqueue(1, 2)
        _ = bench.opened(1)
        #expect(bench.take(1) == ["1", "2"])
        #expect(bench.enqueue(3, exclusive: true) == [])
        #expect(bench.enqueue(4) == [])
        #expect(bench.finished(1) == [])
        #expect(bench.finished(1) == ["wake #1"])
        #expect(bench.take(1) == ["3"])
        #expect(bench.finished(1) == ["wake #1"])
        #expect(bench.take(1) == ["4"])
    }

    @Test("one at the head has the connection with the fewest messages, and others go elsewhere meanwhile")
    func reserved() {
        var bench = self.bench(connections: 2)
        _ = bench.enqueue(1, 2, 3)
        _ = bench.opened(1)
        _ = bench.opened(2)
        #expect(bench.take(1) == ["1", "2"])
        #expect(bench.take(2) == ["3"])
        _ = bench.take(1)
        // The second connection has one message, the first two.
        #expect(bench.enqueue(4, exclusive: true) == [])
        #expect(bench.enqueue(5) == ["wake #1"])
        // Not even if it asks.
        #expect(bench.take(2) == [])
        #expect(bench.take(1) == ["5"])
        #expect(bench.finished(2) == ["wake #2"])
        #expect(bench.take(2) == ["4"])
        #expect(bench.enqueue(6) == ["wake #1"])
    }

    @Test("another connection that becomes empty earlier takes it")
    func earlier() {
        var bench = self.bench(connections: 2)
        _ = bench.enqueue(1, 2, 3)
        _ = bench.opened(1)
        _ = bench.opened(2)
        _ = bench.take(1)
        _ = bench.take(2)
        _ = bench.take(1)
        _ = bench.enqueue(4, exclusive: true)
        #expect(bench.finished(1, 2) == ["wake #1"])
        #expect(bench.take(1) == ["4"])
        // The other one is free for all again.
        #expect(bench.enqueue(5) == ["wake #2"])
    }

    @Test("one that is cancelled gives up its connection, and so does one whose connection goes")
    func givesUp() {
        var bench = self.bench(connections: 2)
        _ = bench.enqueue(1, 2, 3)
        _ = bench.opened(1)
        _ = bench.opened(2)
        _ = bench.take(1)
        _ = bench.take(2)
        _ = bench.take(1)
        _ = bench.enqueue(4, exclusive: true)
        #expect(bench.enqueue(5) == ["wake #1"])
        _ = bench.take(1)
        #expect(bench.cancel(4) == ["cancelled 4"])
        #expect(bench.enqueue(6) == ["wake #2"])
        _ = bench.take(2)
        _ = bench.enqueue(7, exclusive: true)
        #expect(bench.retire(2) == [])
        #expect(bench.enqueue(8) == [])
        #expect(bench.finished(1, 3) == ["wake #1"])
        #expect(bench.take(1) == ["7"])
    }

    @Test("an exclusive message does not overtake")
    func order() {
        var bench = self.bench(connections: 1)
        _ = bench.enqueue(1)
        _ = bench.enqueue(2, exclusive: true)
        _ = bench.enqueue(3, exclusive: true)
        _ = bench.enqueue(4)
        _ = bench.opened(1)
        for number in 1...4 {
            #expect(bench.take(1).first == "\(number)")
            _ = bench.finished(1)
        }
    }
}
