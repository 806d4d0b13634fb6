internal import Foundation

/// What a bench measured.
struct BenchReport: Encodable {
    /// Times in seconds; null where no message was accepted.
    struct Latency: Encodable {
        let p50: OrNull<Double>
        let p99: OrNull<Double>
        let max: OrNull<Double>
    }

    /// Messages with an outcome.
    let messages: Int
    /// Messages that every recipient was accepted of.
    let accepted: Int
    /// Messages that nobody, or not everybody, was accepted of.
    let failed: Int
    /// Messages that may have been accepted.
    let unknown: Int
    /// Connections that were opened.
    let connections: Int
    /// Time from the first message to the last outcome.
    let seconds: Double
    /// Accepted messages in a second.
    let messagesPerSecond: Double
    /// Octets of accepted messages in a second.
    let bytesPerSecond: Double
    /// From handing a message over to its outcome.
    let latency: Latency
    /// How many failed, by the code of the error and of the reply.
    let failures: [String: Int]
    /// Why nothing could be sent; null where something was.
    let error: OrNull<String>

    init(_ tally: BenchTally, connections: Int, error: String?) {
        self.messages = tally.messages
        self.accepted = tally.accepted
        self.failed = tally.failed
        self.unknown = tally.unknown
        self.connections = connections
        self.seconds = tally.time / .seconds(1)
        self.messagesPerSecond = self.seconds > 0 ? Double(tally.accepted) / self.seconds : 0
        self.bytesPerSecond = self.seconds > 0 ? Double(tally.octets) / self.seconds : 0
        self.latency = Latency(
            p50: OrNull(tally.latencies.percentile(0.5)),
            p99: OrNull(tally.latencies.percentile(0.99)),
            max: OrNull(tally.latencies.maximum)
        )
        self.failures = tally.failures.mapValues(\.count)
        self.error = OrNull(error)
    }

    /// The same for people.
    var lines: [String] {
        var lines = [
            "messages    \(self.messages): \(self.accepted) accepted, \(self.failed) failed, \(self.unknown) unknown",
            "time        \(Self.number(self.seconds, 3)) s over \(self.connections) connections",
            "throughput  \(Self.number(self.messagesPerSecond, 1)) messages/s,"
                + " \(Self.number(self.bytesPerSecond / 1e6, 2)) MB/s",
        ]
        if let p50 = self.latency.p50.value, let p99 = self.latency.p99.value,
            let most = self.latency.max.value
        {
            lines.append(
                "latency     p50 \(Self.number(p50 * 1e3, 3)) ms, p99 \(Self.number(p99 * 1e3, 3)) ms,"
                    + " max \(Self.number(most * 1e3, 3)) ms"
            )
        }
        let kinds = self.failures.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        for (kind, count) in kinds { lines.append("failure     \(kind): \(count)") }
        return lines
    }

    private static func number(_ value: Double, _ digits: Int) -> String {
        let scale = pow(10, Double(digits))
        let (whole, part) = Int((value * scale).rounded()).quotientAndRemainder(dividingBy: Int(scale))
        let decimals = String(part)
        return "\(whole)." + String(repeating: "0", count: digits - decimals.count) + decimals
    }
}
