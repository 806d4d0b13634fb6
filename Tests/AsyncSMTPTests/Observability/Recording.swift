import CoreMetrics
import InMemoryLogging
import InMemoryTracing
import Logging
import MetricsTestKit
import Tracing

@testable import AsyncSMTP

/// Backends that keep what an observer tells them.
struct Recording {
    let log = InMemoryLogHandler()
    let metrics = TestMetrics()
    let tracer = InMemoryTracer()

    /// Settings that lead to these backends, at the lowest level there is.
    func settings(includesAddresses: Bool = false) -> Observability {
        let handler = self.log
        var logger = Logger(label: "test", factory: { _ in handler })
        logger.logLevel = .trace
        var settings = Observability()
        settings.logger = logger
        settings.metrics = self.metrics
        settings.tracer = self.tracer
        settings.includesAddresses = includesAddresses
        settings.metricLabels = [("relay", "primary")]
        return settings
    }

    /// Names of metrics that got a value, each with the dimensions that are its own.
    var metricNames: Set<String> {
        func name(_ label: String, _ dimensions: [(String, String)]) -> String {
            let own = dimensions.filter { $0.0 != "relay" }.map { "\($0)=\($1)" }
            return own.isEmpty ? label : "\(label){\(own.joined(separator: ","))}"
        }
        let counters = self.metrics.counters.filter { !$0.values.isEmpty }
        let recorders = self.metrics.recorders.filter { !$0.values.isEmpty }
        let timers = self.metrics.timers.filter { !$0.values.isEmpty }
        return Set(
            counters.map { name($0.label, $0.dimensions) } + recorders.map { name($0.label, $0.dimensions) }
                + timers.map { name($0.label, $0.dimensions) }
        )
    }

    /// Sum of the values of a counter.
    func total(_ label: String) -> Int64 { self.metrics.counterTotal(label: label) }

    /// Everything that was recorded, in words.
    var everything: String {
        var lines = self.log.entries.map {
            "\($0.level) \($0.message) \($0.metadata) \($0.error.map { "\($0)" } ?? "")"
        }
        for counter in self.metrics.counters { lines.append("\(counter.label) \(counter.dimensions)") }
        for recorder in self.metrics.recorders { lines.append("\(recorder.label) \(recorder.dimensions)") }
        for timer in self.metrics.timers { lines.append("\(timer.label) \(timer.dimensions)") }
        for span in self.tracer.finishedSpans {
            lines.append("\(span.operationName) \(span.status.map { "\($0)" } ?? "")")
            lines.append("\(span.events) \(span.errors) \(span.values)")
        }
        return lines.joined(separator: "\n")
    }
}

extension FinishedInMemorySpan {
    /// The attributes, each in words.
    var values: [String: String] {
        var result: [String: String] = [:]
        self.attributes.forEach { name, value in
            result[name] =
                switch value {
                case .string(let text): text
                case .int32(let number): "\(number)"
                case .int64(let number): "\(number)"
                case .bool(let flag): "\(flag)"
                default: "\(value)"
                }
        }
        return result
    }
}
