internal import Synchronization

/// When the messages under way were handed over.
final class HandOverTimes: Sendable {
    private let times = Mutex<[Int: ContinuousClock.Instant]>([:])

    /// A message is handed over.
    func begin(_ index: Int) {
        let now = ContinuousClock.now
        self.times.withLock { $0[index] = now }
    }

    /// A message has its outcome.
    ///
    /// - Returns: How long it took.
    func end(_ index: Int) -> Duration {
        let begun = self.times.withLock { $0.removeValue(forKey: index) }
        return begun.map { ContinuousClock.now - $0 } ?? .zero
    }
}
