internal import NIOConcurrencyHelpers
internal import NIOCore

/// The channels of one attempt to connect, so that a cancelled task can close them all.
struct ConnectAttempts: Sendable {
    private struct State {
        var channels: [any Channel] = []
        var isCancelled = false
    }

    private let state = NIOLockedValueBox(State())

    /// Takes note of a channel that is about to connect.
    func add(_ channel: any Channel) throws(CancellationError) {
        let isCancelled = self.state.withLockedValue { state in
            if !state.isCancelled { state.channels.append(channel) }
            return state.isCancelled
        }
        if isCancelled { throw CancellationError() }
    }

    /// Closes every channel, and every one still to come.
    func cancel() {
        let channels = self.state.withLockedValue { state in
            state.isCancelled = true
            return state.channels
        }
        for channel in channels { channel.close(promise: nil) }
    }
}
