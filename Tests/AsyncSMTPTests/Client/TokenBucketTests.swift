import AsyncSMTP
import NIOCore
import Testing

/// Tokens at a steady rate, with time made by hand.
@Suite("Token bucket")
struct TokenBucketTests {
    let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    @Test("Q57 a burst goes at once, the rest at the rate")
    func rate() {
        var bucket = TokenBucket(capacity: 3, refillPerSecond: 2, at: self.start)
        let granted = (0..<4).map { _ in bucket.take(1, at: self.start) }
        #expect(granted == [true, true, true, false])
        let next = bucket.time(until: 1, from: self.start)
        #expect(next == self.start + .milliseconds(500))
        let early = bucket.take(1, at: next - .milliseconds(1))
        #expect(!early)
        let taken = bucket.take(1, at: next)
        #expect(taken)
        #expect(bucket.available(at: next + .hours(1)) == 3)
    }

    @Test("what the time says is granted then", arguments: [0.1, 0.3, 3, 7, 14, 1e6])
    func times(_ rate: Double) {
        var bucket = TokenBucket(capacity: 5, refillPerSecond: rate, at: self.start)
        var now = self.start
        for count in [5, 1, 2, 3, 4, 5, 9, 1] {
            now = bucket.time(until: count, from: now)
            let taken = bucket.take(count, at: now)
            #expect(taken, "\(count)")
        }
    }

    @Test("more than the capacity is granted when the bucket is full, and paid for afterwards")
    func large() {
        var bucket = TokenBucket(capacity: 2, refillPerSecond: 1, at: self.start)
        let taken = bucket.take(10, at: self.start)
        #expect(taken)
        #expect(bucket.available(at: self.start) == 0)
        #expect(bucket.time(until: 1, from: self.start) == self.start + .seconds(9))
    }

    @Test("nothing comes where nothing is refilled, and time that runs backwards brings nothing")
    func edges() {
        var bucket = TokenBucket(capacity: 0, refillPerSecond: .nan, at: self.start)
        let taken = [bucket.take(0, at: self.start), bucket.take(1, at: self.start)]
        #expect(taken == [true, true])
        #expect(bucket.time(until: 1, from: self.start) == .distantFuture)
        #expect(bucket.available(at: self.start - .hours(1)) == 0)
    }

    @Test("a limit makes buckets for what it limits")
    func limits() {
        let limit = RateLimit(messagesPerSecond: 0.5, recipientsPerSecond: 0, burst: 4)
        #expect(limit.messages(at: self.start)?.available(at: self.start) == 4)
        let isUnlimited = limit.recipients(at: self.start).map { _ in false } ?? true
        #expect(isUnlimited)
    }
}
