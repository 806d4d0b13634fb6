/// Why a pool ends a connection.
package enum PoolCloseReason: Sendable, Hashable {
    /// It had nothing to do for too long.
    case idle
    /// It is too old.
    case lifetime
    /// It has carried as many messages as it may.
    case messageLimit
    /// Its driver asked for it.
    case retired
    /// The pool was shut down and the connection has nothing left to do.
    case shutDown
    /// The pool is shut down at once: whatever is in flight is cut.
    case immediately

    /// The reason in words.
    var words: StaticString {
        switch self {
        case .idle: "idle"
        case .lifetime: "lifetime"
        case .messageLimit: "message limit"
        case .retired: "not usable any more"
        case .shutDown: "shutdown"
        case .immediately: "shutdown at once"
        }
    }
}
