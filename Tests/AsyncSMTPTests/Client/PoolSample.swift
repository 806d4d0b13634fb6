import NIOCore

@testable import AsyncSMTP

/// A message for the tests of the pool.
struct PoolSample: PoolMessage, Hashable {
    var waiterID: UInt64
    var recipientCount = 1
    var isExclusive = false
    var waitDeadline = NIODeadline.distantFuture
}
