internal import CoreMetrics
internal import Synchronization

/// Counts the connections that a client opened; its other metrics go nowhere.
final class ConnectionCounter: MetricsFactory, CounterHandler {
    private let opened = Atomic<Int64>(0)

    /// Connections opened so far.
    var count: Int { Int(self.opened.load(ordering: .relaxed)) }

    func increment(by amount: Int64) { self.opened.add(amount, ordering: .relaxed) }

    func reset() { self.opened.store(0, ordering: .relaxed) }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        label == "smtp_client.connections.opened" ? self : NOOPMetricsHandler.instance
    }

    func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler { NOOPMetricsHandler.instance }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        NOOPMetricsHandler.instance
    }

    func destroyCounter(_ handler: any CounterHandler) {}

    func destroyRecorder(_ handler: any RecorderHandler) {}

    func destroyTimer(_ handler: any TimerHandler) {}
}
