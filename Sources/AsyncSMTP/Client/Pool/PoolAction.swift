package import NIOCore

/// What the driver of a pool has to do.
package enum PoolAction<Message: PoolMessage>: Sendable {
    /// Open a connection; `opened`, `openFailed` or `closed` must follow.
    case open(PoolConnectionID)
    /// The connection has room and there may be messages: it has to call `take`.
    case wake(PoolConnectionID)
    /// End the connection; `closed` must follow. One that is still being opened is given up.
    case close(PoolConnectionID, PoolCloseReason)
    /// Tell a message that it does not get a connection.
    case fail(Message, PoolWaitFailure)
    /// Call `timerFired` then; replaces an earlier timer.
    case setTimer(NIODeadline)
    /// The pool was shut down and its last connection is closed. A timer that is set is of no use any more.
    case drained
}
