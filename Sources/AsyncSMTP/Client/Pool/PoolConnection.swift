internal import NIOCore

/// What a pool knows of one connection.
struct PoolConnection: Sendable {
    enum State: Sendable {
        case opening
        case open
        /// Takes no more messages and is closed when the last one ends.
        case retiring(PoolCloseReason)
        /// Told to close.
        case closing
        /// No connection: a place for another.
        case vacant
    }

    var number: UInt64 = 0
    var state = State.vacant
    var inFlight = 0
    /// Messages it has ever taken.
    var taken = 0
    /// Messages that ended on it.
    var ended = 0
    /// Whether what is in flight wants the connection for itself.
    var isExclusive = false
    /// Whether it was told to take, and has not done so.
    var isWoken = false
    /// Whether it has delivered something or ends by the pool's rules, so that another in its place is worth it.
    var isWorthReplacing = false
    var openedAt = NIODeadline.uptimeNanoseconds(0)
    var idleSince = NIODeadline.uptimeNanoseconds(0)
    /// Rises with every use of any connection.
    var lastUse: UInt64 = 0

    var isOpen: Bool {
        if case .open = self.state { return true }
        return false
    }

    var isVacant: Bool {
        if case .vacant = self.state { return true }
        return false
    }

    var isIdle: Bool { self.isOpen && self.inFlight == 0 }

    /// Messages it can take besides what is in flight.
    func room(maximumInFlight: Int) -> Int {
        self.isOpen && !self.isExclusive ? max(0, maximumInFlight - self.inFlight) : 0
    }
}
