package import NIOCore

/// How fast messages go out, all connections together.
///
/// Servers that meter their clients refuse what comes faster, and some count what they refuse as well.
/// A message waits for its turn; it is not refused.
public struct RateLimit: Sendable, Hashable {
    /// Messages in a second, on average; nil for no limit, and so is what is no positive number.
    ///
    /// Half a message in a second is one in two seconds.
    public var messagesPerSecond: Double?
    /// Recipients in a second, on average; nil for no limit, and so is what is no positive number.
    ///
    /// A message with more recipients than go out at once waits until none of that share is used, and those
    /// behind it wait accordingly longer.
    public var recipientsPerSecond: Double?
    /// Messages, and likewise recipients, that may go out at once after a pause; what is below 1 counts as 1.
    public var burst: Int

    /// Nothing is limited.
    public static let unlimited = RateLimit()

    /// Makes a limit; none unless told otherwise.
    public init(messagesPerSecond: Double? = nil, recipientsPerSecond: Double? = nil, burst: Int = 1) {
        self.messagesPerSecond = messagesPerSecond
        self.recipientsPerSecond = recipientsPerSecond
        self.burst = burst
    }

    /// A full bucket with a token for each message; nil where messages are not limited.
    package func messages(at now: NIODeadline) -> TokenBucket? {
        self.bucket(self.messagesPerSecond, at: now)
    }

    /// A full bucket with a token for each recipient; nil where recipients are not limited.
    package func recipients(at now: NIODeadline) -> TokenBucket? {
        self.bucket(self.recipientsPerSecond, at: now)
    }

    private func bucket(_ rate: Double?, at now: NIODeadline) -> TokenBucket? {
        guard let rate, rate > 0, rate.isFinite else { return nil }
        return TokenBucket(capacity: self.burst, refillPerSecond: rate, at: now)
    }
}
