/// Which of several servers a message goes to first.
public enum ServerOrder: Sendable, Hashable {
    /// The first that works, as with MX records of different preference (RFC 5321 section 5.1).
    case ordered
    /// One that works, chosen at random in proportion to its weight (RFC 2782).
    ///
    /// Weights belong to the servers in order; a server without one has the weight 1. A server with the weight
    /// 0, or less, is used only when no other works.
    case weighted([Int])
}
