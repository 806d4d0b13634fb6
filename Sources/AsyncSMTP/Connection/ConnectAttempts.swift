internal import NIOConcurrencyHelpers
internal import NIOCore

/// The channels of one attempt to connect: one for each address that is tried.
///
/// A cancelled task closes them all. The handler of the one that wins is found here and not in its pipeline,
/// from which it is gone already when the server has said something and closed at once.
struct ConnectAttempts: Sendable {
    private struct State {
        var attempts: [(channel: any Channel, handler: NIOLoopBound<SMTPChannelHandler>)] = []
        var isCancelled = false
    }

    private let state = NIOLockedValueBox(State())

    /// Takes note of a channel that is about to connect.
    func add(_ channel: any Channel, _ handler: NIOLoopBound<SMTPChannelHandler>) throws(CancellationError) {
        let isCancelled = self.state.withLockedValue { state in
            if !state.isCancelled { state.attempts.append((channel, handler)) }
            return state.isCancelled
        }
        if isCancelled { throw CancellationError() }
    }

    /// The handler of a channel.
    func handler(of channel: any Channel) -> NIOLoopBound<SMTPChannelHandler>? {
        self.state.withLockedValue { $0.attempts.first { $0.channel === channel }?.handler }
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
