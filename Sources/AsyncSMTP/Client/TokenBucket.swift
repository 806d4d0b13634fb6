package import NIOCore

/// Tokens that come at a steady rate and are kept up to a limit: the rate holds on average, and the limit is
/// what may go out at once.
///
/// Time is given, never read. Time that runs backwards brings nothing and takes nothing.
package struct TokenBucket: Sendable {
    /// Most tokens kept, at least 1.
    package let capacity: Int
    /// Tokens that come in a second; 0 for none.
    package let refillPerSecond: Double
    /// Tokens at ``updated``; less than none after a request larger than the capacity.
    private var tokens: Double
    private var updated: NIODeadline

    /// What sums of rounded numbers may miss.
    private static let tolerance = 1e-6

    /// Makes a full bucket.
    ///
    /// - Parameters:
    ///   - capacity: Most tokens kept; what is below 1 counts as 1.
    ///   - refillPerSecond: Tokens that come in a second; what is no positive number counts as 0.
    ///   - now: Time.
    package init(capacity: Int, refillPerSecond: Double, at now: NIODeadline) {
        self.capacity = min(max(1, capacity), 1 << 40)
        self.refillPerSecond = refillPerSecond > 0 ? min(refillPerSecond, 1e12) : 0
        self.tokens = Double(self.capacity)
        self.updated = now
    }

    /// Takes tokens, if they are there.
    ///
    /// More than the capacity is granted when the bucket is full; what is missing has to come in before
    /// anything else is granted.
    ///
    /// - Returns: Whether they were there; nothing is taken otherwise.
    package mutating func take(_ count: Int, at now: NIODeadline) -> Bool {
        guard count > 0 else { return true }
        let level = self.level(at: now)
        guard level + Self.tolerance >= self.needed(for: count) else { return false }
        self.tokens = level - Double(count)
        self.updated = max(self.updated, now)
        return true
    }

    /// Tokens that can be taken, 0 to the capacity.
    package func available(at now: NIODeadline) -> Int {
        max(0, Int(self.level(at: now) + Self.tolerance))
    }

    /// When so many tokens will be there if nobody takes any before; `now` where they are.
    ///
    /// - Returns: The distant future for a bucket that is not refilled.
    package func time(until count: Int, from now: NIODeadline) -> NIODeadline {
        let missing = count > 0 ? self.needed(for: count) - self.level(at: now) : 0
        guard missing > Self.tolerance else { return now }
        guard self.refillPerSecond > 0 else { return .distantFuture }
        let nanoseconds = (missing / self.refillPerSecond * 1e9).rounded(.up)
        // Time that runs backwards brings nothing until it has caught up.
        return max(now, self.updated).advanced(by: .nanoseconds(Int64(min(nanoseconds, 1e18))))
    }

    private func needed(for count: Int) -> Double {
        Double(min(count, self.capacity))
    }

    private func level(at now: NIODeadline) -> Double {
        guard now > self.updated else { return self.tokens }
        let seconds = Double((now - self.updated).nanoseconds) / 1e9
        return min(Double(self.capacity), self.tokens + seconds * self.refillPerSecond)
    }
}
