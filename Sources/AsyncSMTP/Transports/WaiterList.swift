/// Tasks that wait for a message, in order.
struct WaiterList: Sendable {
    /// A task that waits.
    typealias Waiter = CheckedContinuation<StoredMessage, any Error>

    private var waiters: [(identity: UInt64, waiter: Waiter)] = []
    private var nextIdentity: UInt64 = 0

    /// A number for a task that is about to wait.
    mutating func makeIdentity() -> UInt64 {
        self.nextIdentity += 1
        return self.nextIdentity
    }

    mutating func append(_ waiter: Waiter, as identity: UInt64) {
        self.waiters.append((identity, waiter))
    }

    mutating func removeFirst() -> Waiter? {
        self.waiters.isEmpty ? nil : self.waiters.removeFirst().waiter
    }

    mutating func remove(_ identity: UInt64) -> Waiter? {
        guard let index = self.waiters.firstIndex(where: { $0.identity == identity }) else { return nil }
        return self.waiters.remove(at: index).waiter
    }
}
