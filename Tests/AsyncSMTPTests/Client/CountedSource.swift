import AsyncSMTP
import NIOConcurrencyHelpers

/// A sequence of messages that counts how often it is asked.
final class CountedSource: Sequence, Sendable {
    struct Iterator: IteratorProtocol {
        let source: CountedSource

        mutating func next() -> RawMessage? { self.source.next() }
    }

    private let limit: Int
    private let make: @Sendable (Int) -> RawMessage
    private let count = NIOLockedValueBox(0)

    init(limit: Int, _ make: @escaping @Sendable (Int) -> RawMessage) {
        self.limit = limit
        self.make = make
    }

    /// Messages that were asked for.
    var asked: Int { self.count.withLockedValue { $0 } }

    func makeIterator() -> Iterator { Iterator(source: self) }

    private func next() -> RawMessage? {
        let index: Int? = self.count.withLockedValue { count in
            guard count < self.limit else { return nil }
            defer { count += 1 }
            return count
        }
        return index.map(self.make)
    }
}
