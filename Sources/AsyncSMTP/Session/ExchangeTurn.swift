internal import DequeModule

/// Whose turn it is to use a connection: first come, first served.
///
/// An actor is re-entrant wherever it waits, so it does not keep two exchanges apart by itself.
struct ExchangeTurn {
    private var isTaken = false
    private var waiting = Deque<(id: UInt64, continuation: CheckedContinuation<Bool, Never>)>()
    private var lastID: UInt64 = 0
    /// Those who are going to wait and do not yet, and whether they gave up before.
    private var coming: [UInt64: Bool] = [:]

    /// Takes the turn if it is free and nobody waits.
    mutating func takeIfFree() -> Bool {
        guard !self.isTaken else { return false }
        self.isTaken = true
        return true
    }

    /// Identity for one who is going to wait.
    mutating func makeID() -> UInt64 {
        self.lastID += 1
        self.coming[self.lastID] = false
        return self.lastID
    }

    /// Queues up; resumed with true when the turn is there, with false when the wait was cancelled.
    mutating func wait(_ id: UInt64, _ continuation: CheckedContinuation<Bool, Never>) {
        if self.coming.removeValue(forKey: id) == true {
            continuation.resume(returning: false)
        } else if self.isTaken {
            self.waiting.append((id, continuation))
        } else {
            // It became free while the continuation was on its way.
            self.isTaken = true
            continuation.resume(returning: true)
        }
    }

    /// Leaves the queue.
    mutating func cancel(_ id: UInt64) {
        if self.coming[id] != nil { self.coming[id] = true }
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
