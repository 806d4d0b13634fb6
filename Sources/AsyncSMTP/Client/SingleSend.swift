internal import NIOConcurrencyHelpers

/// A task that waits for what becomes of one message.
final class SingleSend: ParcelWaiter {
    private struct State: Sendable {
        var continuation: CheckedContinuation<Result<SendReceipt, SMTPError>, Never>?
        var isCancelled = false
    }

    private let state = NIOLockedValueBox(State())

    var isCancelled: Bool { self.state.withLockedValue { $0.isCancelled } }

    func cancel() {
        self.state.withLockedValue { $0.isCancelled = true }
    }

    /// Suspends the task until the message that `submit` hands over has met its fate.
    func outcome(_ submit: () -> Void) async -> Result<SendReceipt, SMTPError> {
        await withCheckedContinuation { continuation in
            self.state.withLockedValue { $0.continuation = continuation }
            submit()
        }
    }

    func finish(_ outcomes: ArraySlice<ParcelOutcome>) {
        guard let result = outcomes.first?.result else { return }
        let continuation = self.state.withLockedValue { state in
            defer { state.continuation = nil }
            return state.continuation
        }
        continuation?.resume(returning: result)
    }
}
