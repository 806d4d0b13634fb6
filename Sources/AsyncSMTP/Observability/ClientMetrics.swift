internal import CoreMetrics
internal import SMTPCore

/// The metrics of a client, made once and kept.
final class ClientMetrics: Sendable {
    /// What a send is counted under.
    struct SendKey: Hashable, Sendable {
        let outcome: Outcome
        let stage: Stage
    }

    let connectionsOpened: Counter
    let connectionsClosed: Counter
    /// By the stage at which it failed.
    let connectionsFailed: CounterTable<Stage>
    let connectDuration: Timer
    let connectionsOpen: Gauge
    let connectionsIdle: Gauge
    let waiting: Gauge
    let inFlight: Gauge
    let waitDuration: Timer
    /// By outcome and stage.
    let sends: CounterTable<SendKey>
    let sendDuration: Timer
    let recipientsAccepted: Counter
    let recipientsRefused: Counter
    let sentBytes: Counter
    let retries: Counter
    let backOffs: Counter
    let reconnects: Counter
    let messagesMoved: Counter
    let serverSwitches: Counter

    init(factory: any MetricsFactory, labels: [(String, String)]) {
        func counter(_ name: String) -> Counter {
            Counter(label: "smtp_client.\(name)", dimensions: labels, factory: factory)
        }
        func gauge(_ name: String) -> Gauge {
            Gauge(label: "smtp_client.\(name)", dimensions: labels, factory: factory)
        }
        func timer(_ name: String) -> Timer {
            Timer(label: "smtp_client.\(name)", dimensions: labels, factory: factory)
        }
        self.connectionsOpened = counter("connections.opened")
        self.connectionsClosed = counter("connections.closed")
        self.connectionsFailed = CounterTable(label: "smtp_client.connections.failed", factory: factory) {
            labels + [("stage", $0.rawValue)]
        }
        self.connectDuration = timer("connect.duration")
        self.connectionsOpen = gauge("connections.open")
        self.connectionsIdle = gauge("connections.idle")
        self.waiting = gauge("sends.waiting")
        self.inFlight = gauge("sends.in_flight")
        self.waitDuration = timer("wait.duration")
        self.sends = CounterTable(label: "smtp_client.sends", factory: factory) {
            labels + [("outcome", $0.outcome.rawValue), ("stage", $0.stage.rawValue)]
        }
        self.sendDuration = timer("send.duration")
        self.recipientsAccepted = counter("recipients.accepted")
        self.recipientsRefused = counter("recipients.refused")
        self.sentBytes = counter("sent.bytes")
        self.retries = counter("retries")
        self.backOffs = counter("back_offs")
        self.reconnects = counter("reconnects")
        self.messagesMoved = counter("messages.moved")
        self.serverSwitches = counter("server_switches")
    }

    func sendEnded(_ outcome: Outcome, stage: Stage, recipients: RecipientCounts) {
        self.sends[SendKey(outcome: outcome, stage: stage)].increment()
        if recipients.accepted > 0 { self.recipientsAccepted.increment(by: recipients.accepted) }
        if recipients.refused > 0 { self.recipientsRefused.increment(by: recipients.refused) }
    }
}
