/// Delays that grow from one attempt to the next, with a random share so that clients do not come back all at
/// once.
public struct BackOff: Sendable, Hashable {
    /// Delay before the second attempt.
    public var initial: Duration
    /// Factor from one delay to the next, at least 1.
    public var multiplier: Double
    /// Longest delay.
    public var maximum: Duration
    /// Share of a delay that is random, 0 to 1: with 0.5 a delay of 8 s lasts 4 to 8 s.
    public var jitter: Double

    /// Makes delays; 1 s, 2 s, 4 s up to a minute unless told otherwise.
    public init(
        initial: Duration = .seconds(1),
        multiplier: Double = 2,
        maximum: Duration = .seconds(60),
        jitter: Double = 0.5
    ) {
        self.initial = initial
        self.multiplier = multiplier
        self.maximum = maximum
        self.jitter = jitter
    }

    /// Delay behind a failed attempt.
    ///
    /// - Parameters:
    ///   - attempt: Failed attempts before this one, from 0.
    ///   - random: Random number from 0 up to 1.
    package func delay(attempt: Int, random: Double) -> Duration {
        var delay = max(.zero, min(self.initial, self.maximum))
        // More steps than these cannot matter, and a delay that is no longer growing needs none.
        for _ in 0..<min(max(attempt, 0), 64)
        where delay > .zero && delay < self.maximum && self.multiplier > 1 {
            // The quotient is compared, because a product could be more than a duration holds.
            let isLast = self.multiplier >= self.maximum / delay
            delay = isLast ? self.maximum : delay * self.multiplier
        }
        return delay * (1 - Self.share(self.jitter) * Self.share(random))
    }

    /// The nearest number from 0 to 1; 0 for what is no number.
    private static func share(_ value: Double) -> Double {
        value > 0 ? min(value, 1) : 0
    }
}
