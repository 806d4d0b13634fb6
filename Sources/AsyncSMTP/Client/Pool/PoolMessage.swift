package import NIOCore

/// What a pool has to know of a message that waits for a connection.
package protocol PoolMessage: Sendable {
    /// Number of its recipients, which a rate limit counts.
    var recipientCount: Int { get }
    /// Whether it needs a connection on which nothing else is in flight.
    var isExclusive: Bool { get }
    /// What it is cancelled by. A search is quick if later messages have higher ones.
    var waiterID: UInt64 { get }
    /// Time at which it gives up waiting; `.distantFuture` for never.
    var waitDeadline: NIODeadline { get }
}
