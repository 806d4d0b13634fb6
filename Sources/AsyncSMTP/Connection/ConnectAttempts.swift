internal import NIOConcurrencyHelpers
internal import NIOCore

/// The channels of one attempt to connect: one for each address that is tried.
///
/// A cancelled task closes them all. The handlers of the one that wins are found here and not in its
/// pipeline, from which they are gone already when the server has said something and closed at once.
struct ConnectAttempts: Sendable {
    private struct State {
        var attempts: [Connector.Connection] = []
        var isCancelled = false
    }

    private let state = NIOLockedValueBox(State())

    /// Takes note of a channel that is about to connect.
    func add(_ connection: Connector.Connection) throws(CancellationError) {
        let isCancelled = self.state.withLockedValue { state in
            if !state.isCancelled { state.attempts.append(connection) }
            return state.isCancelled
        }
        if isCancelled { throw CancellationError() }
    }

    /// The channel with its handlers.
    func connection(of channel: any Channel) -> Connector.Connection? {
        self.state.withLockedValue { $0.attempts.first { $0.channel === channel } }
    }

    /// Closes every channel, and every one still to come.
    func cancel() {
        let attempts = self.state.withLockedValue { state in
            state.isCancelled = true
            return state.attempts
        }
        for attempt in attempts { attempt.channel.close(promise: nil) }
    }
}
