internal import NIOConcurrencyHelpers

/// What the pools of a client hold together, for its metrics.
final class PoolGauges: Sendable {
    private let observer: Observer
    private let statistics = NIOLockedValueBox<[ObjectIdentifier: PoolStatistics]>([:])

    /// Nil where nobody counts.
    init?(_ observer: Observer) {
        guard observer.hasMetrics else { return nil }
        self.observer = observer
    }

    /// A pool has changed.
    ///
    /// - Parameter current: What the pool holds; read while no other update runs, so that the last one tells the
    ///   latest.
    func update(_ pool: ConnectionPool, _ current: () -> PoolStatistics) {
        self.statistics.withLockedValue { all in
            all[ObjectIdentifier(pool)] = current()
            var (open, idle, waiting, inFlight) = (0, 0, 0, 0)
            for statistics in all.values {
                open += statistics.open
                idle += statistics.idle
                waiting += statistics.waiting
                inFlight += statistics.inFlight
            }
            self.observer.poolChanged(open: open, idle: idle, waiting: waiting, inFlight: inFlight)
        }
    }
}
