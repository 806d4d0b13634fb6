import NIOConcurrencyHelpers

/// A value behind a lock, with tasks that wait until it satisfies a condition.
///
/// Every change is checked against the waiting conditions before ``update(_:)`` returns, so nothing polls and
/// no change is missed.
final class Observed<State: Sendable>: Sendable {
    private typealias Outcome = Result<Void, SMTPTestServerError>

    private struct Waiter {
        let isSatisfied: @Sendable (State) -> Bool
        let continuation: CheckedContinuation<Outcome, Never>
    }

    private struct Storage {
        var state: State
        var waiters: [UInt64: Waiter] = [:]
        var nextWaiter: UInt64 = 0
        var isClosed = false

        /// The waiters whose condition now holds, removed from the table.
        mutating func takeSatisfied() -> [Waiter] {
            guard !self.waiters.isEmpty else { return [] }
            let satisfied = self.waiters.filter { $0.value.isSatisfied(self.state) }
            for id in satisfied.keys {
                self.waiters[id] = nil
            }
            return Array(satisfied.values)
        }
    }

    private let storage: NIOLockedValueBox<Storage>

    init(_ state: State) {
        self.storage = NIOLockedValueBox(Storage(state: state))
    }

    func read<Value>(_ body: (State) -> Value) -> Value {
        self.storage.withLockedValue { body($0.state) }
    }

    func update<Value>(_ body: (inout State) -> Value) -> Value {
        let (value, satisfied) = self.storage.withLockedValue { storage in
            let value = body(&storage.state)
            return (value, storage.takeSatisfied())
        }
        for waiter in satisfied {
            waiter.continuation.resume(returning: .success(()))
        }
        return value
    }

    /// Suspends until the condition holds.
    ///
    /// Throws with code `cancelled` when the task is cancelled, `shutDown` when ``close()`` was called first.
    func wait(until isSatisfied: @escaping @Sendable (State) -> Bool) async throws(SMTPTestServerError) {
        let id = self.storage.withLockedValue { storage in
            storage.nextWaiter += 1
            return storage.nextWaiter
        }
        let outcome: Outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known: Outcome? = self.storage.withLockedValue { storage in
                    if isSatisfied(storage.state) { return .success(()) }
                    if storage.isClosed { return .failure(SMTPTestServerError(.shutDown)) }
                    // Read under the lock: a cancellation after this line finds the waiter in the table.
                    if Task.isCancelled { return .failure(SMTPTestServerError(.cancelled)) }
                    storage.waiters[id] = Waiter(isSatisfied: isSatisfied, continuation: continuation)
                    return nil
                }
                if let known {
                    continuation.resume(returning: known)
                }
            }
        } onCancel: {
            let waiter = self.storage.withLockedValue { $0.waiters.removeValue(forKey: id) }
            waiter?.continuation.resume(returning: .failure(SMTPTestServerError(.cancelled)))
        }
        try outcome.get()
    }

    /// Ends all waiting: the value will not change any more.
    func close() {
        let waiters = self.storage.withLockedValue { storage in
            storage.isClosed = true
            let waiters = storage.waiters.values
            storage.waiters = [:]
            return Array(waiters)
        }
        for waiter in waiters {
            waiter.continuation.resume(returning: .failure(SMTPTestServerError(.shutDown)))
        }
    }
}
