public import CoreMetrics
public import Logging
public import Tracing

/// Where a client tells what it does: logs, metrics and spans; each is off until it is given.
///
/// `Docs/Observability.md` lists every event, metric and span with its fields. No secret stands in any of them,
/// and no mail address unless ``includesAddresses`` is set.
///
/// ```swift
/// var configuration = SMTPConfiguration()
/// configuration.observability.logger = Logger(label: "mail")
/// configuration.observability.metrics = MetricsSystem.factory
/// configuration.observability.tracer = InstrumentationSystem.tracer
/// ```
public struct Observability: Sendable {
    /// Logger for events; nil logs nothing.
    ///
    /// What each level means: debug, a connection was opened or closed, a message was accepted; info, the client
    /// was shut down, or is back at its first server; notice, the client backs off or moved to another server;
    /// warning, recipients were refused, a retry is due, or the fate of a message is unknown; error, a message
    /// was given up.
    public var logger: Logger?
    /// Maker of counters, gauges and timers; nil counts nothing.
    public var metrics: (any MetricsFactory)?
    /// Tracer for spans; nil makes none.
    ///
    /// A span belongs to the trace of the task that sends.
    public var tracer: (any Tracer)?
    /// Whether mail addresses may stand in logs and spans.
    ///
    /// Servers repeat addresses in their replies, so the text of replies and errors and the Message-ID are left
    /// out as well unless this is set. Codes are always shown.
    public var includesAddresses = false
    /// Dimensions added to every metric, such as the name of a relay where a program has several clients.
    public var metricLabels: [(String, String)] = []

    /// Everything off.
    public init() {}
}

extension Observability: CustomReflectable {
    /// Shows what is on, but not into the backends, which hold what is their own.
    public var customMirror: Mirror {
        Mirror(
            self,
            children: [
                "logger": self.logger?.label as Any, "metrics": self.metrics != nil,
                "tracer": self.tracer != nil, "includesAddresses": self.includesAddresses,
                "metricLabels": self.metricLabels,
            ],
            displayStyle: .struct
        )
    }
}

extension Observability: CustomStringConvertible {
    /// The settings that ``customMirror`` shows.
    public var description: String {
        let settings = self.customMirror.children.map { "\($0.label ?? ""): \($0.value)" }
        return "Observability(\(settings.joined(separator: ", ")))"
    }
}
