import NIOCore
import Testing

@testable import AsyncSMTP

@Suite("Pool: idle time, age and number of messages")
struct PoolAgeTests {
    @Test("Q43 a connection that is idle is closed before the server's ten seconds")
    func idle() {
        var bench = PoolBench()
        _ = bench.enqueue(1)
        #expect(bench.opened(1) == ["wake #1", "timer 9.0"])
        #expect(bench.take(1) == ["1"])
        bench.pass(1)
        #expect(bench.finished(1) == [])
        #expect(bench.fire() == ["timer 10.0"])
        #expect(bench.fire() == ["close #1 idle"])
        #expect(bench.closed(1) == [])
    }

    @Test("the timer is not set again while it is early enough")
    func quietTimer() {
        var bench = PoolBench()
        _ = bench.enqueue(1)
        _ = bench.opened(1)
        _ = bench.take(1)
        #expect(bench.finished(1) == [])
        for number in UInt64(2)...5 {
            bench.pass(1)
            #expect(bench.enqueue(number) == ["wake #1"])
            #expect(bench.take(1) == ["\(number)"])
            #expect(bench.finished(1) == [])
        }
        // It was last used at 4 s.
        #expect(bench.fire() == ["timer 13.0"])
        #expect(bench.fire() == ["close #1 idle"])
    }

    @Test("Q42 a busy connection that is too old is finished and then replaced, not cut")
    func lifetime() {
        var bench = PoolBench(PoolConfiguration(maximumConnections: 1, idleTime: nil, lifetime: .seconds(60)))
        _ = bench.enqueue(1, 2)
        _ = bench.opened(1)
        #expect(bench.take(1) == ["1", "2"])
        #expect(bench.fire() == [])
        #expect(bench.now == bench.at(60))
        #expect(bench.enqueue(3) == [])
        #expect(bench.finished(1) == [])
        #expect(bench.finished(1) == ["close #1 lifetime"])
        #expect(bench.closed(1) == ["open #2"])
    }

    @Test("Q42 an idle connection that is too old is closed")
    func lifetimeIdle() {
        var bench = PoolBench(PoolConfiguration(idleTime: nil, lifetime: .seconds(60)))
        _ = bench.enqueue(1)
        _ = bench.opened(1)
        _ = bench.take(1)
        _ = bench.finished(1)
        #expect(bench.fire() == ["close #1 lifetime"])
    }

    @Test("Q42 a connection carries no more than its number of messages")
    func messageLimit() {
        var bench = PoolBench(
            PoolConfiguration(
                maximumConnections: 1,
                idleTime: nil,
                lifetime: nil,
                maximumMessagesPerConnection: 3
            )
        )
        _ = bench.enqueue(1, 2, 3, 4, 5)
        _ = bench.opened(1)
        #expect(bench.take(1, atMost: 2) == ["1", "2", "wake #1"])
        #expect(bench.take(1) == ["3"])
        #expect(bench.finished(1, 3) == ["close #1 messageLimit"])
        #expect(bench.closed(1) == ["open #2"])
    }

    @Test("warm connections are opened ahead, kept while idle, and replaced when they are too old")
    func minimum() {
        var bench = PoolBench(PoolConfiguration(minimumConnections: 2, lifetime: .seconds(60)))
        #expect(bench.enqueue() == [])
        #expect(bench.warmUp() == ["open #1", "open #2"])
        #expect(bench.opened(1) == ["timer 60.0"])
        #expect(bench.opened(2) == [])
        #expect(bench.fire() == ["close #1 lifetime", "close #2 lifetime", "open #3", "open #4"])
        #expect(bench.closed(1) == [])
    }

    @Test("of more than the least number the longest idle ones are closed")
    func spare() {
        var bench = PoolBench(PoolConfiguration(minimumConnections: 1, lifetime: nil))
        _ = bench.warmUp()
        _ = bench.opened(1)
        _ = bench.enqueue(1, 2)
        #expect(bench.take(1, atMost: 1) == ["1", "wake #1"])
        #expect(bench.take(1, atMost: 1) == ["2"])
        #expect(bench.opened(2) == ["timer 9.0"])
        bench.pass(1)
        #expect(bench.finished(1, 2) == [])
        #expect(bench.fire() == ["close #2 idle"])
        #expect(bench.timer == nil)
    }

    @Test("warm connections of a server that cannot be reached are opened again with the next message")
    func unreachable() {
        var bench = PoolBench(PoolConfiguration(minimumConnections: 1, idleTime: nil, lifetime: nil))
        #expect(bench.warmUp() == ["open #1"])
        #expect(bench.openFailed(1) == ["timer 1.0"])
        #expect(bench.fire() == [])
        #expect(bench.enqueue(1) == ["open #2"])
        #expect(bench.opened(2) == ["wake #2"])
        _ = bench.take(2)
        _ = bench.finished(2)
        // It has delivered something, so that another may be expected to.
        #expect(bench.closed(2) == ["open #3"])
        _ = bench.opened(3)
        #expect(bench.closed(3) == [])
    }
}
