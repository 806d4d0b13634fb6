/// How many commands go out before their replies are read, where the server offers PIPELINING (RFC 2920).
public enum PipeliningLevel: Int, Sendable, Hashable, Comparable, CaseIterable {
    /// One command, one reply.
    case disabled
    /// MAIL and every RCPT in one group.
    case envelope
    /// MAIL, every RCPT and DATA in one group.
    case transaction
    /// The group of the next message behind the content of this one, and with chunking whole transactions in
    /// flight (RFC 2920 section 3.1).
    ///
    /// Between the messages of a client; a message by itself goes as with ``transaction``.
    case session

    /// Compares how much is grouped.
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}
