internal import AsyncSMTP
internal import NIOCore

/// A message as far as a pool knows it.
struct QueuedMessage: PoolMessage {
    let waiterID: UInt64
    let recipientCount = 1
    let isExclusive = false
    let waitDeadline = NIODeadline.distantFuture
}
