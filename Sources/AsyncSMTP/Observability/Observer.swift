internal import CoreMetrics
internal import Logging
internal import NIOOpenSSL
internal import SMTPCore
internal import Tracing

/// Tells logs, metrics and spans what a client does; every call is a test for nil where they are off.
///
/// Callable from any thread. Nothing passed in reaches a log or a span as text of a peer, or with an address,
/// unless ``Observability/includesAddresses`` is set: ``LogFields`` and ``ClientSpans`` pick the fields.
struct Observer: Sendable {
    /// The server that is told of.
    private(set) var server: SMTPServer
    private let metrics: ClientMetrics?
    private var logger: Logger?
    private let spans: ClientSpans?
    private let includesAddresses: Bool

    /// Makes an observer, and all metrics with it; one for each client.
    init(_ observability: Observability, server: SMTPServer) {
        self.server = server
        self.metrics = observability.metrics.map {
            ClientMetrics(factory: $0, labels: observability.metricLabels)
        }
        self.spans = observability.tracer.map {
            ClientSpans(tracer: $0, includesAddresses: observability.includesAddresses)
        }
        self.includesAddresses = observability.includesAddresses
        var logger = observability.logger
        logger?[metadataKey: "smtp.server"] = "\(server)"
        self.logger = logger
    }

    /// An observer of another server of the same client, which counts in the same metrics.
    func observing(_ server: SMTPServer) -> Observer {
        var other = self
        other.server = server
        other.logger?[metadataKey: "smtp.server"] = "\(server)"
        return other
    }

    /// Whether somebody counts.
    var hasMetrics: Bool { self.metrics != nil }

    /// Whether messages have spans.
    var hasSpans: Bool { self.spans != nil }

    // MARK: Connections

    /// A connection is about to be opened; its span begins.
    ///
    /// - Parameter id: Number of the connection, unique in the client.
    func connectionOpening(id: UInt64) {
        self.spans?.connectionOpening(id: id, server: self.server)
    }

    /// A connection is ready for messages: connected, encrypted, logged in.
    ///
    /// - Parameter peerAddress: IP address of the server where it is known.
    func connectionOpened(id: UInt64, duration: Duration, tls: TLSSession?, peerAddress: String? = nil) {
        if let metrics = self.metrics {
            metrics.connectionsOpened.increment()
            metrics.connectDuration.record(nanosecondsOf: duration)
        }
        self.spans?.connectionOpened(id: id, tls: tls, peerAddress: peerAddress)
        self.logger?.debug(
            "connection opened",
            metadata: LogFields.connection(id, duration: duration, tls: tls, peerAddress: peerAddress)
        )
    }

    /// A connection could not be made ready.
    func connectionFailed(id: UInt64, error: SMTPError, duration: Duration) {
        if let metrics = self.metrics {
            metrics.connectionsFailed[error.stage].increment()
            metrics.connectDuration.record(nanosecondsOf: duration)
        }
        self.spans?.connectionFailed(id: id, error: error)
        self.logger?.debug(
            "connection failed",
            metadata: LogFields.error(error, text: self.includesAddresses)
                .adding(["smtp.connection": "\(id)", "smtp.duration_ms": "\(duration.wholeMilliseconds)"])
        )
    }

    /// A connection that had been ready was closed.
    ///
    /// - Parameters:
    ///   - reason: Why, in words of ours: a literal, so no peer's text can get here.
    ///   - messages: Messages that were sent over it.
    func connectionClosed(id: UInt64, reason: StaticString, messages: Int) {
        self.metrics?.connectionsClosed.increment()
        self.spans?.connectionClosed(id: id)
        self.logger?.debug(
            "connection closed",
            metadata: [
                "smtp.connection": "\(id)", "smtp.reason": "\(reason)", "smtp.messages": "\(messages)",
            ]
        )
    }

    // MARK: Messages

    /// A message got its connection.
    ///
    /// - Parameter duration: How long it waited for one.
    func waitEnded(duration: Duration) {
        self.metrics?.waitDuration.record(nanosecondsOf: duration)
    }

    /// A message was accepted, for some recipients at least.
    func sendEnded(receipt: SendReceipt, attempts: Int) {
        guard self.metrics != nil || self.logger != nil else { return }
        let counts = RecipientCounts(receipt.recipients)
        if let metrics = self.metrics {
            metrics.sendEnded(Outcome(counts), stage: .finalReply, recipients: counts)
            metrics.sentBytes.increment(by: receipt.octets)
            metrics.sendDuration.record(nanosecondsOf: receipt.timings.total)
        }
        guard let logger = self.logger else { return }
        let isComplete = counts.accepted == counts.total
        logger.log(
            level: isComplete ? .debug : .warning,
            isComplete ? "message accepted" : "message accepted for some recipients only",
            metadata: LogFields.receipt(receipt, counts, text: self.includesAddresses)
                .adding(["smtp.attempts": "\(attempts)"])
        )
    }

    /// A message was not reported as sent, and will not be tried again by the client.
    func sendFailed(error: SMTPError, attempts: Int) {
        if let metrics = self.metrics {
            metrics.sendEnded(
                Outcome(error.acceptance),
                stage: error.stage,
                recipients: RecipientCounts(error.recipients)
            )
        }
        guard let logger = self.logger else { return }
        let level: Logger.Level
        let message: Logger.Message
        if error.acceptance == .unknown {
            level = .warning
            message = "message may have been accepted or not"
        } else if error.code == .cancelled, error.acceptance == .notAccepted {
            level = .debug
            message = "message cancelled"
        } else {
            level = .error
            message = "message given up"
        }
        logger.log(
            level: level,
            message,
            metadata: LogFields.failedSend(error, text: self.includesAddresses)
                .adding(["smtp.attempts": "\(attempts)"])
        )
    }

    /// A message will be tried again.
    ///
    /// - Parameters:
    ///   - error: Why the attempt failed.
    ///   - attempt: Number of the attempt that failed, from 1.
    ///   - delay: How long until the next.
    func retryScheduled(error: SMTPError, attempt: Int, delay: Duration) {
        self.metrics?.retries.increment()
        self.logger?.warning(
            "message will be tried again",
            metadata: LogFields.failedSend(error, text: self.includesAddresses)
                .adding(["smtp.attempt": "\(attempt)", "smtp.delay_ms": "\(delay.wholeMilliseconds)"])
        )
    }

    // MARK: The client

    /// The client leaves the server alone for a while.
    ///
    /// - Parameter reason: Why, in words of ours: a literal, so no peer's text can get here.
    func backOff(reason: StaticString, delay: Duration) {
        self.metrics?.backOffs.increment()
        self.logger?.notice(
            "backing off",
            metadata: ["smtp.reason": "\(reason)", "smtp.delay_ms": "\(delay.wholeMilliseconds)"]
        )
    }

    /// Messages that cannot have been accepted over a connection that went are moved to a new one.
    ///
    /// - Parameter count: How many.
    func movedToNewConnection(count: Int) {
        if let metrics = self.metrics {
            metrics.reconnects.increment()
            metrics.messagesMoved.increment(by: count)
        }
        self.logger?.debug("messages moved to a new connection", metadata: ["smtp.messages": "\(count)"])
    }

    /// The client sends to another server from now on.
    ///
    /// - Parameter error: What was wrong with the old one; nil when the client returns to its first choice.
    func serverSwitched(from old: SMTPServer, to new: SMTPServer, error: SMTPError?) {
        self.metrics?.serverSwitches.increment()
        guard let logger = self.logger else { return }
        let servers: Logger.Metadata = ["smtp.server_from": "\(old)", "smtp.server_to": "\(new)"]
        if let error {
            logger.notice(
                "moved on to another server",
                metadata: LogFields.error(error, text: self.includesAddresses).adding(servers)
            )
        } else {
            logger.info("back at the preferred server", metadata: servers)
        }
    }

    /// The client was shut down; every connection is closed.
    func clientShutDown() {
        self.logger?.info("client shut down")
    }

    /// What the pool holds now.
    ///
    /// - Parameters:
    ///   - open: Connections that are ready, idle ones too.
    ///   - idle: Connections without a message.
    ///   - waiting: Messages that wait for a connection.
    ///   - inFlight: Messages that are being sent.
    func poolChanged(open: Int, idle: Int, waiting: Int, inFlight: Int) {
        guard let metrics = self.metrics else { return }
        metrics.connectionsOpen.record(open)
        metrics.connectionsIdle.record(idle)
        metrics.waiting.record(waiting)
        metrics.inFlight.record(inFlight)
    }

    // MARK: Spans

    /// Begins the span of one message of many; nil where there are none.
    func beginSend(recipients: Int, size: UInt64?) -> (any Span)? {
        guard let spans = self.spans else { return nil }
        let span = spans.start("send", server: self.server)
        span.updateAttributes { attributes in
            attributes["smtp.recipients.count"] = recipients
            if let size { attributes["messaging.message.body.size"] = Int64(clamping: size) }
        }
        return span
    }

    /// Ends the span of one message of many.
    func endSend(_ span: any Span, _ result: Result<SendReceipt, SMTPError>) {
        switch result {
        case .success(let receipt): self.spans?.succeed(span, receipt)
        case .failure(let error): self.spans?.failSend(span, error)
        }
        span.end()
    }

    /// Runs `body`, which sends one message, in a span.
    ///
    /// - Parameters:
    ///   - recipients: Recipients of the envelope.
    ///   - size: Octets of the message where they are known.
    ///   - isolation: The caller's actor, on which `body` runs.
    func withSendSpan(
        recipients: Int,
        size: UInt64?,
        isolation: isolated (any Actor)? = #isolation,
        _ body: () async throws(SMTPError) -> SendReceipt
    ) async throws(SMTPError) -> SendReceipt {
        guard let spans = self.spans,
            let span = self.beginSend(recipients: recipients, size: size)
        else { return try await body() }
        defer { span.end() }
        // The task-local value's own function does not pass a typed error on.
        let result = await ServiceContext.$current.withValue(span.context) {
            () async -> Result<SendReceipt, SMTPError> in
            _ = isolation
            do throws(SMTPError) { return .success(try await body()) } catch { return .failure(error) }
        }
        switch result {
        case .success(let receipt):
            spans.succeed(span, receipt)
            return receipt
        case .failure(let error):
            spans.failSend(span, error)
            throw error
        }
    }
}
