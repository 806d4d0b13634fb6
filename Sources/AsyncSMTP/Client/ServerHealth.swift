internal import NIOCore

/// What is known about one of several servers.
struct ServerHealth: Sendable {
    /// Whether messages go to it.
    enum State: Sendable, Hashable {
        /// As many as there are.
        case working
        /// None before this time, and one then.
        case setAside(until: NIODeadline)
        /// One is under way to see whether it works again.
        case onTrial(since: NIODeadline)
    }

    var state = State.working
    /// Failures since it last worked.
    var failures = 0

    /// Whether a message may go to it.
    func isAvailable(at now: NIODeadline) -> Bool {
        switch self.state {
        case .working: true
        case .setAside(let until): until <= now
        case .onTrial: false
        }
    }

    /// When it is tried again; the distant past where it is in use.
    var returns: NIODeadline {
        switch self.state {
        case .working: .distantPast
        case .setAside(let until), .onTrial(let until): until
        }
    }
}
