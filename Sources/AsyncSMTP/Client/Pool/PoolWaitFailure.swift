/// Why a message does not get a connection.
package enum PoolWaitFailure: Sendable, Hashable {
    /// It waited too long.
    case deadline
    /// The pool is shut down.
    case shutDown
    /// No connection could be opened.
    case connect
    /// Too many wait already.
    case queueFull
}
