internal import NIOConcurrencyHelpers

/// One task's wait for a value that comes from elsewhere; cancelling the task ends the wait at once.
package final class SingleWait<Value: Sendable>: Sendable {
    private enum State {
        case open
        case waiting(CheckedContinuation<Value, any Error>)
        case over(Result<Value, any Error>)
    }

    private let state = NIOLockedValueBox(State.open)

    /// Makes a wait that has not begun.
    package init() {}

    /// Whether the value came or the wait was given up.
    package var isOver: Bool {
        self.state.withLockedValue { state in
            if case .over = state { true } else { false }
        }
    }

    /// Ends the wait; the first call counts.
    package func end(_ result: Result<Value, any Error>) {
        let waiter: CheckedContinuation<Value, any Error>? = self.state.withLockedValue { state in
            switch state {
            case .open:
                state = .over(result)
                return nil
            case .waiting(let waiter):
                state = .over(result)
                return waiter
            case .over:
                return nil
            }
        }
        waiter?.resume(with: result)
    }

    /// The value; called once.
    ///
    /// - Throws: What the wait was ended with, `CancellationError` when the task is cancelled.
    package func value() async throws -> Value {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiter in
                let result: Result<Value, any Error>? = self.state.withLockedValue { state in
                    switch state {
                    case .open:
                        state = .waiting(waiter)
                        return nil
                    case .waiting: return .failure(CryptoError("a value is waited for twice"))
                    case .over(let result): return result
                    }
                }
                if let result { waiter.resume(with: result) }
            }
        } onCancel: {
            self.end(.failure(CancellationError()))
        }
    }
}
