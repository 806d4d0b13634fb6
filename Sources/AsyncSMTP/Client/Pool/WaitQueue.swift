internal import DequeModule
internal import NIOCore

/// Messages that wait, in order.
///
/// One in the middle that is cancelled leaves a gap, and gaps are removed when they are the greater part: every
/// operation takes constant time on average, but for a search among identities that do not rise, and the removal of
/// what is overdue.
struct WaitQueue<Message: PoolMessage>: Sendable {
    private struct Entry: Sendable {
        /// `nil` for a gap.
        var message: Message?
        let id: UInt64
        let order: Int64
        let deadline: NIODeadline
    }

    /// Messages, without gaps.
    private(set) var count = 0
    /// No message gives up before this time.
    private(set) var earliestDeadline = NIODeadline.distantFuture
    /// The first entry is not a gap.
    private var entries = Deque<Entry>()
    /// Whether the identities rise from the first entry to the last.
    private var isSorted = true

    var isEmpty: Bool { self.count == 0 }

    /// Place of the first message in the order of all.
    var firstOrder: Int64 { self.entries.first?.order ?? .max }

    var firstDeadline: NIODeadline { self.entries.first?.deadline ?? .distantFuture }

    /// The first message, which stays.
    var first: Message? { self.entries.first?.message }

    mutating func append(_ message: Message, order: Int64, deadline: NIODeadline) {
        let id = message.waiterID
        if let last = self.entries.last, last.id >= id { self.isSorted = false }
        self.entries.append(Entry(message: message, id: id, order: order, deadline: deadline))
        self.added(deadline)
    }

    mutating func prepend(_ message: Message, order: Int64, deadline: NIODeadline) {
        let id = message.waiterID
        if let first = self.entries.first, first.id <= id { self.isSorted = false }
        self.entries.prepend(Entry(message: message, id: id, order: order, deadline: deadline))
        self.added(deadline)
    }

    mutating func popFirst() -> Message? {
        guard let entry = self.entries.popFirst() else { return nil }
        self.count -= 1
        self.trim()
        return entry.message
    }

    mutating func remove(id: UInt64) -> Message? {
        guard let index = self.index(of: id), let message = self.entries[index].message else { return nil }
        self.entries[index].message = nil
        self.count -= 1
        self.trim()
        if self.entries.count > 32, self.count < self.entries.count / 2 {
            self.entries.removeAll { $0.message == nil }
        }
        return message
    }

    /// Removes what is overdue and hands it over, in order.
    mutating func removeOverdue(at now: NIODeadline, _ body: (Message) -> Void) {
        guard self.earliestDeadline <= now else { return }
        var earliest = NIODeadline.distantFuture
        for index in self.entries.indices {
            guard let message = self.entries[index].message else { continue }
            let deadline = self.entries[index].deadline
            if deadline <= now {
                self.entries[index].message = nil
                self.count -= 1
                body(message)
            } else {
                earliest = min(earliest, deadline)
            }
        }
        self.entries.removeAll { $0.message == nil }
        if self.entries.isEmpty { self.isSorted = true }
        // A long queue of which a message is overdue every moment is not looked through every moment.
        if earliest != .distantFuture {
            earliest = max(earliest, now + .nanoseconds(Int64(self.count) * 100))
        }
        self.earliestDeadline = earliest
    }

    private mutating func added(_ deadline: NIODeadline) {
        self.count += 1
        if deadline < self.earliestDeadline { self.earliestDeadline = deadline }
    }

    /// Removes gaps at the front.
    private mutating func trim() {
        while let first = self.entries.first, first.message == nil { self.entries.removeFirst() }
        if self.entries.isEmpty {
            self.isSorted = true
            self.earliestDeadline = .distantFuture
        }
    }

    private func index(of id: UInt64) -> Int? {
        guard self.isSorted else { return self.entries.firstIndex { $0.id == id && $0.message != nil } }
        var lower = 0
        var upper = self.entries.count
        while lower < upper {
            let middle = lower + (upper - lower) / 2
            if self.entries[middle].id < id { lower = middle + 1 } else { upper = middle }
        }
        return lower < self.entries.count && self.entries[lower].id == id ? lower : nil
    }
}
