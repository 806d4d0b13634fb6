/// Upper bounds on what a server may send; exceeding one is a protocol error and ends the connection.
///
/// All bounds in one place, each with the attack it stops (RFC 5321 section 4.5.3.1.5 obliges a client to
/// take at least 512 octets a line).
public struct ReplyLimits: Sendable, Hashable {
    /// Octets of text in one line, without code, separator and line end.
    ///
    /// Stops a line that never ends.
    public var maximumTextLength: Int
    /// The same while a SASL exchange runs: challenges may have 12 288 octets (RFC 4954 section 4).
    public var maximumChallengeLength: Int
    /// Lines in one reply.
    ///
    /// Stops `250-` for ever.
    public var maximumLines: Int
    /// Octets of text in one reply, all lines together.
    ///
    /// Stops long lines repeated up to the line count.
    public var maximumReplyLength: Int
    /// Octets read from the network but not yet asked for.
    ///
    /// Above it reading pauses, so that a server that talks faster than it is listened to fills its own
    /// buffers and not ours.
    public var maximumUnreadLength: Int

    /// Makes limits; values below the RFC's minimum (512 octets a line, one line) are raised to it.
    public init(
        maximumTextLength: Int = 8 * 1024,
        maximumChallengeLength: Int = 16 * 1024,
        maximumLines: Int = 512,
        maximumReplyLength: Int = 64 * 1024,
        maximumUnreadLength: Int = 128 * 1024
    ) {
        self.maximumTextLength = max(maximumTextLength, 512)
        self.maximumChallengeLength = max(maximumChallengeLength, 512)
        self.maximumLines = max(maximumLines, 1)
        self.maximumReplyLength = max(maximumReplyLength, 512)
        self.maximumUnreadLength = max(maximumUnreadLength, 1024)
    }
}
