internal import Synchronization

/// A result that comes once; what comes later is dropped.
final class OneResult<Value: Sendable>: Sendable {
    private enum State {
        case early
        case waiting(CheckedContinuation<Value, any Error>)
        case over(Result<Value, any Error>)
        case delivered
    }

    private let state = Mutex(State.early)

    /// Hands over who waits.
    func begin(_ continuation: CheckedContinuation<Value, any Error>) {
        let result: Result<Value, any Error>? = self.state.withLock { state in
            guard case .over(let result) = state else {
                state = .waiting(continuation)
                return nil
            }
            state = .delivered
            return result
        }
        if let result { continuation.resume(with: result) }
    }

    /// Gives the result.
    func end(_ result: Result<Value, any Error>) {
        let continuation: CheckedContinuation<Value, any Error>? = self.state.withLock { state in
            switch state {
            case .early:
                state = .over(result)
                return nil
            case .waiting(let continuation):
                state = .delivered
                return continuation
            case .over, .delivered: return nil
            }
        }
        continuation?.resume(with: result)
    }
}
