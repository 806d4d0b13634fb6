internal import DequeModule

/// Whose turn it is to use a connection: first come, first served.
///
/// An actor is re-entrant wherever it waits, so it does not keep two exchanges apart by itself.
struct ExchangeTurn {
    private var isTaken = false
    private var waiting = Deque<(id: UInt64, continuation: CheckedContinuation<Bool, Never>)>()
    private var lastID: UInt64 = 0

    /// Takes the turn if it is free and nobody waits.
    mutating func takeIfFree() -> Bool {
        guard !self.isTaken else { return false }
        self.isTaken = true
        return true
    }

    /// Identity for one who is going to wait.
    mutating func makeID() -> UInt64 {
        self.lastID += 1
        return self.lastID
    }

    /// Queues up; resumed with true when the turn is there, with false when the wait was cancelled.
    mutating func wait(_ id: UInt64, _ continuation: CheckedContinuation<Bool, Never>) {
        self.waiting.append((id, continuation))
    }

    /// Leaves the queue.
    mutating func cancel(_ id: UInt64) {
        guard let index = self.waiting.firstIndex(where: { $0.id == id }) else { return }
        self.waiting.remove(at: index).continuation.resume(returning: false)
    }

    /// Passes the turn on.
    mutating func release() {
        if let next = self.waiting.popFirst() {
            next.continuation.resume(returning: true)
        } else {
            self.isTaken = false
        }
    }
}
