internal import CoreMetrics
internal import NIOConcurrencyHelpers

/// Counters of one name that differ in their dimensions, each made when it is first needed and kept.
final class CounterTable<Key: Hashable & Sendable>: Sendable {
    private let label: String
    private let dimensions: @Sendable (Key) -> [(String, String)]
    private let factory: any MetricsFactory
    private let counters = NIOLockedValueBox<[Key: Counter]>([:])

    init(
        label: String,
        factory: any MetricsFactory,
        dimensions: @escaping @Sendable (Key) -> [(String, String)]
    ) {
        self.label = label
        self.factory = factory
        self.dimensions = dimensions
    }

    subscript(key: Key) -> Counter {
        self.counters.withLockedValue { counters in
            if let counter = counters[key] { return counter }
            let counter = Counter(
                label: self.label,
                dimensions: self.dimensions(key),
                factory: self.factory
            )
            counters[key] = counter
            return counter
        }
    }
}
