extension SMTPTestServer {
    /// An event that a test fires, and on which a connection of the server can be made to wait.
    ///
    /// A gate starts closed and opens once. One gate may stop any number of connections; all go on when it
    /// opens.
    ///
    /// ```swift
    /// let gate = SMTPTestServer.Gate()
    /// let script: SMTPTestServer.Script = [.on(.endOfContent, .hold(gate), .default)]
    /// // … the client has sent its message and waits for the reply:
    /// try await gate.waitUntilReached()
    /// gate.open()
    /// ```
    public final class Gate: Sendable {
        private struct State: Sendable {
            var isOpen = false
            var arrivals = 0
            var waiting: [Int: @Sendable () -> Void] = [:]
        }

        private let state = Observed(State())

        /// A closed gate.
        public init() {}

        /// Whether ``open()`` was called.
        public var isOpen: Bool {
            self.state.read { $0.isOpen }
        }

        /// Opens the gate for good; connections and tasks that wait at it go on.
        public func open() {
            let waiting = self.state.update { state in
                state.isOpen = true
                let waiting = state.waiting
                state.waiting = [:]
                return waiting
            }
            for (_, resume) in waiting.sorted(by: { $0.key < $1.key }) {
                resume()
            }
        }

        /// Waits until the gate is open.
        ///
        /// Throws ``SMTPTestServerError`` with code `cancelled` when the task is cancelled.
        public func wait() async throws(SMTPTestServerError) {
            try await self.state.wait { $0.isOpen }
        }

        /// Waits until connections have arrived at the gate, `count` times in all.
        ///
        /// Throws ``SMTPTestServerError`` with code `cancelled` when the task is cancelled.
        public func waitUntilReached(count: Int = 1) async throws(SMTPTestServerError) {
            try await self.state.wait { $0.arrivals >= count }
        }

        /// Notes an arrival.
        ///
        /// - Returns: nil when the gate is open already, else the ticket to give to ``leave(_:)``; `resume`
        ///   is
        ///   then called once when the gate opens, on the task that opens it.
        func arrive(_ resume: @escaping @Sendable () -> Void) -> Int? {
            self.state.update { state in
                state.arrivals += 1
                guard !state.isOpen else { return nil }
                state.waiting[state.arrivals] = resume
                return state.arrivals
            }
        }

        /// Gives up waiting; the connection is gone.
        func leave(_ ticket: Int) {
            self.state.update { $0.waiting[ticket] = nil }
        }
    }
}
