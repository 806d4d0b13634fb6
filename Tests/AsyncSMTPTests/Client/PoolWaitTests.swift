import NIOCore
import Testing

@testable import AsyncSMTP

@Suite("Pool: waiting and rates")
struct PoolWaitTests {
    private let plain = PoolConfiguration(maximumConnections: 1, idleTime: nil, lifetime: nil)

    @Test("a message waits no longer than its own time or the pool's limit")
    func deadlines() {
        var configuration = self.plain
        configuration.waitLimit = .seconds(5)
        var bench = PoolBench(configuration)
        #expect(bench.enqueue(1) == ["open #1", "timer 5.0"])
        bench.pass(1)
        #expect(bench.enqueue(2) == [])
        #expect(bench.enqueue(PoolSample(waiterID: 3, waitDeadline: bench.at(3))) == ["timer 3.0"])
        #expect(bench.enqueue(PoolSample(waiterID: 4, waitDeadline: bench.at(1))) == ["fail 4 deadline"])
        #expect(bench.fire() == ["fail 3 deadline", "timer 5.0"])
        #expect(bench.fire() == ["fail 1 deadline", "timer 6.0"])
        // The timer is late, and the message is not sent all the same.
        bench.pass(10)
        #expect(bench.opened(1) == ["wake #1"])
        #expect(bench.take(1) == ["fail 2 deadline"])
    }

    @Test("more than may wait fail at once")
    func full() {
        var configuration = self.plain
        configuration.maximumWaiting = 2
        var bench = PoolBench(configuration)
        #expect(bench.enqueue(1, 2, 3) == ["fail 3 queueFull", "open #1"])
    }

    @Test("a message is cancelled once, and only while it waits", arguments: [false, true])
    func cancel(isSorted: Bool) {
        var bench = PoolBench(self.plain)
        _ = isSorted ? bench.enqueue(1, 2, 3, 4) : bench.enqueue(3, 1, 4, 2)
        #expect(bench.cancel(3) == ["cancelled 3"])
        #expect(bench.cancel(3) == [])
        #expect(bench.cancel(9) == [])
        _ = bench.opened(1)
        #expect(bench.take(1) == (isSorted ? ["1", "2", "4"] : ["1", "4", "2"]))
        #expect(bench.cancel(1) == [])
    }

    @Test("many that are cancelled leave the others in order")
    func cancelMany() {
        var queue = WaitQueue<PoolSample>()
        for number in 0..<1_000 {
            queue.append(PoolSample(waiterID: UInt64(number)), order: Int64(number), deadline: .distantFuture)
        }
        for number in UInt64(0)..<1_000 where number % 7 != 0 {
            #expect(queue.remove(id: number)?.waiterID == number)
        }
        #expect(queue.count == 143)
        var left: [UInt64] = []
        while let message = queue.popFirst() { left.append(message.waiterID) }
        #expect(left == (UInt64(0)..<1_000).filter { $0 % 7 == 0 })
    }

    @Test("Q57 no more messages than the rate allows")
    func messageRate() {
        var configuration = self.plain
        configuration.rateLimit = RateLimit(messagesPerSecond: 2, burst: 2)
        var bench = PoolBench(configuration)
        _ = bench.enqueue(1, 2, 3, 4)
        _ = bench.opened(1)
        #expect(bench.take(1) == ["1", "2", "timer 0.5"])
        #expect(bench.take(1) == [])
        #expect(bench.fire() == ["wake #1"])
        #expect(bench.take(1) == ["3", "timer 1.0"])
        #expect(bench.fire() == ["wake #1"])
        #expect(bench.take(1) == ["4"])
    }

    @Test("a message with more recipients than the rate's burst goes when it is full, and what follows waits")
    func recipientRate() {
        var configuration = self.plain
        configuration.rateLimit = RateLimit(recipientsPerSecond: 10, burst: 10)
        var bench = PoolBench(configuration)
        _ = bench.enqueue(PoolSample(waiterID: 1, recipientCount: 5))
        _ = bench.enqueue(PoolSample(waiterID: 2, recipientCount: 40))
        _ = bench.enqueue(3)
        _ = bench.opened(1)
        #expect(bench.take(1) == ["1", "timer 0.5"])
        #expect(bench.fire() == ["wake #1"])
        #expect(bench.take(1) == ["2", "timer 3.6"])
    }

    @Test("an exclusive message that the rate holds back is not overtaken")
    func exclusiveRate() {
        var configuration = self.plain
        configuration.maximumConnections = 2
        configuration.rateLimit = RateLimit(recipientsPerSecond: 10, burst: 10)
        var bench = PoolBench(configuration)
        _ = bench.enqueue(1, 2)
        _ = bench.opened(1)
        _ = bench.opened(2)
        #expect(bench.take(1) == ["1"])
        #expect(bench.take(2) == ["2"])
        _ = bench.enqueue(PoolSample(waiterID: 3, recipientCount: 100, isExclusive: true))
        #expect(bench.finished(1) == ["wake #1"])
        #expect(bench.take(1) == ["timer 0.2"])
        #expect(bench.enqueue(4) == [])
        #expect(bench.take(2) == [])
        #expect(bench.fire() == ["wake #1"])
        #expect(bench.take(2) == [])
        #expect(bench.take(1) == ["3", "wake #2"])
        // There is a debt of 90 recipients, at 10 a second.
        #expect(bench.take(2) == ["timer 9.3"])
    }
}
