import Logging
import Testing

@testable import AsyncSMTP

/// One thing an observer is told, and what must become of it.
struct ObserverEvent: Sendable, CustomTestStringConvertible {
    let name: String
    /// Level and message of the event in the log; nil where there is none.
    var log: (level: Logger.Level, message: String)?
    var metadata: [String: String] = [:]
    /// Metrics that get a value, with their own dimensions.
    var metrics: Set<String> = []
    let tell: @Sendable (Observer) throws -> Void

    var testDescription: String { self.name }

    static let all: [ObserverEvent] = Self.connections + Self.messages + Self.client

    private static let connections: [ObserverEvent] = [
        ObserverEvent(name: "connection opening") { $0.connectionOpening(id: 7) },
        ObserverEvent(
            name: "connection opened",
            log: (.debug, "connection opened"),
            metadata: [
                "smtp.connection": "7", "smtp.duration_ms": "1500", "smtp.peer_address": "192.0.2.1",
                "smtp.tls_version": "TLS 1.3", "smtp.tls_cipher": "TLS_AES_256_GCM_SHA384",
                "smtp.tls_verified": "true", "smtp.tls_resumed": "false",
            ],
            metrics: ["smtp_client.connections.opened", "smtp_client.connect.duration"]
        ) {
            $0.connectionOpened(
                id: 7,
                duration: .milliseconds(1500),
                tls: Marked.tls,
                peerAddress: "192.0.2.1"
            )
        },
        ObserverEvent(
            name: "connection opened in clear",
            log: (.debug, "connection opened"),
            metadata: ["smtp.connection": "8", "smtp.duration_ms": "0"],
            metrics: ["smtp_client.connections.opened", "smtp_client.connect.duration"]
        ) { $0.connectionOpened(id: 8, duration: .zero, tls: nil) },
        ObserverEvent(
            name: "connection failed",
            log: (.debug, "connection failed"),
            metadata: [
                "smtp.connection": "9", "smtp.duration_ms": "2000", "smtp.code": "authenticationFailed",
                "smtp.stage": "authentication", "smtp.reply_code": "535", "smtp.enhanced_status": "5.7.1",
            ],
            metrics: [
                "smtp_client.connections.failed{stage=authentication}", "smtp_client.connect.duration",
            ]
        ) {
            let error = try Marked.error(.authenticationFailed, stage: .authentication, reply: 535)
            $0.connectionFailed(id: 9, error: error, duration: .seconds(2))
        },
        ObserverEvent(
            name: "connection closed",
            log: (.debug, "connection closed"),
            metadata: ["smtp.connection": "7", "smtp.reason": "idle", "smtp.messages": "12"],
            metrics: ["smtp_client.connections.closed"]
        ) { $0.connectionClosed(id: 7, reason: "idle", messages: 12) },
    ]

    private static let messages: [ObserverEvent] = [
        ObserverEvent(name: "wait ended", metrics: ["smtp_client.wait.duration"]) {
            $0.waitEnded(duration: .seconds(1))
        },
        ObserverEvent(
            name: "accepted",
            log: (.debug, "message accepted"),
            metadata: [
                "smtp.stage": "finalReply", "smtp.acceptance": "accepted", "smtp.bytes": "4321",
                "smtp.duration_ms": "60", "smtp.reply_code": "250", "smtp.enhanced_status": "2.6.0",
                "smtp.recipients": "2", "smtp.recipients_accepted": "2", "smtp.recipients_refused": "0",
                "smtp.queue_id": "4BX9zR0Qk2z1", "smtp.attempts": "1",
            ],
            metrics: [
                "smtp_client.sends{outcome=accepted,stage=finalReply}", "smtp_client.recipients.accepted",
                "smtp_client.sent.bytes", "smtp_client.send.duration",
            ]
        ) {
            let receipt = try Marked.receipt([.accepted, .accepted], queued: "4BX9zR0Qk2z1")
            $0.sendEnded(receipt: receipt, attempts: 1)
        },
        ObserverEvent(
            name: "accepted for some",
            log: (.warning, "message accepted for some recipients only"),
            metadata: [
                "smtp.stage": "finalReply", "smtp.acceptance": "partly", "smtp.bytes": "4321",
                "smtp.duration_ms": "60", "smtp.reply_code": "250", "smtp.enhanced_status": "2.6.0",
                "smtp.recipients": "4", "smtp.recipients_accepted": "1", "smtp.recipients_refused": "2",
                "smtp.attempts": "2",
            ],
            metrics: [
                "smtp_client.sends{outcome=partly,stage=finalReply}", "smtp_client.recipients.accepted",
                "smtp_client.recipients.refused", "smtp_client.sent.bytes", "smtp_client.send.duration",
            ]
        ) {
            let receipt = try Marked.receipt([
                .accepted, .refusedTemporarily, .refusedPermanently, .notAccepted,
            ])
            $0.sendEnded(receipt: receipt, attempts: 2)
        },
        ObserverEvent.failed("refused for good", .refusedPermanently, "refused_permanently"),
        ObserverEvent.failed("refused for now", .refusedTemporarily, "refused_temporarily"),
        ObserverEvent.failed("not accepted", .notAccepted, "not_accepted"),
        ObserverEvent.failed("given up behind some", .partly, "partly"),
        ObserverEvent.failed(
            "unknown",
            .unknown,
            "unknown",
            log: (.warning, "message may have been accepted or not")
        ),
        ObserverEvent.failed(
            "cancelled",
            .notAccepted,
            "not_accepted",
            code: .cancelled,
            log: (.debug, "message cancelled")
        ),
        ObserverEvent.failed("cancelled behind some", .partly, "partly", code: .cancelled),
        ObserverEvent(
            name: "recipients refused",
            log: (.error, "message given up"),
            metadata: [
                "smtp.code": "recipientsRefused", "smtp.stage": "rcpt",
                "smtp.acceptance": "refused_temporarily", "smtp.recipients": "2",
                "smtp.recipients_accepted": "0", "smtp.recipients_refused": "2", "smtp.attempts": "3",
            ],
            metrics: [
                "smtp_client.sends{outcome=refused_temporarily,stage=rcpt}", "smtp_client.recipients.refused",
            ]
        ) {
            let error = try Marked.error(
                .recipientsRefused,
                stage: .rcpt,
                reply: nil,
                recipients: [.refusedTemporarily, .refusedPermanently]
            )
            $0.sendFailed(error: error, attempts: 3)
        },
        ObserverEvent(
            name: "retry scheduled",
            log: (.warning, "message will be tried again"),
            metadata: [
                "smtp.code": "senderRefused", "smtp.stage": "mail", "smtp.reply_code": "451",
                "smtp.enhanced_status": "4.7.1", "smtp.acceptance": "refused_temporarily",
                "smtp.recipients": "0", "smtp.recipients_accepted": "0", "smtp.recipients_refused": "0",
                "smtp.attempt": "1", "smtp.delay_ms": "250",
            ],
            metrics: ["smtp_client.retries"]
        ) {
            let error = try Marked.error(.senderRefused, stage: .mail, reply: 451)
            $0.retryScheduled(error: error, attempt: 1, delay: .milliseconds(250))
        },
    ]

    private static let client: [ObserverEvent] = [
        ObserverEvent(
            name: "back-off",
            log: (.notice, "backing off"),
            metadata: ["smtp.reason": "server closing", "smtp.delay_ms": "30000"],
            metrics: ["smtp_client.back_offs"]
        ) { $0.backOff(reason: "server closing", delay: .seconds(30)) },
        ObserverEvent(
            name: "moved",
            log: (.debug, "messages moved to a new connection"),
            metadata: ["smtp.messages": "3"],
            metrics: ["smtp_client.reconnects", "smtp_client.messages.moved"]
        ) { $0.movedToNewConnection(count: 3) },
        ObserverEvent(
            name: "moved on",
            log: (.notice, "moved on to another server"),
            metadata: [
                "smtp.server_from": "smtps://relay.example.org:465",
                "smtp.server_to": "smtps://other.example.org:465", "smtp.code": "greetingRefused",
                "smtp.stage": "greeting", "smtp.reply_code": "421", "smtp.enhanced_status": "4.7.1",
            ],
            metrics: ["smtp_client.server_switches"]
        ) {
            $0.serverSwitched(
                from: try Marked.server(),
                to: try Marked.server("other.example.org"),
                error: try Marked.error(.greetingRefused, stage: .greeting, reply: 421)
            )
        },
        ObserverEvent(
            name: "moved back",
            log: (.info, "back at the preferred server"),
            metadata: [
                "smtp.server_from": "smtps://other.example.org:465",
                "smtp.server_to": "smtps://relay.example.org:465",
            ],
            metrics: ["smtp_client.server_switches"]
        ) {
            $0.serverSwitched(
                from: try Marked.server("other.example.org"),
                to: try Marked.server(),
                error: nil
            )
        },
        ObserverEvent(name: "shut down", log: (.info, "client shut down")) { $0.clientShutDown() },
        ObserverEvent(
            name: "pool",
            metrics: [
                "smtp_client.connections.open", "smtp_client.connections.idle", "smtp_client.sends.waiting",
                "smtp_client.sends.in_flight",
            ]
        ) { $0.poolChanged(open: 4, idle: 3, waiting: 2, inFlight: 1) },
    ]

    /// A message that failed behind its content, by what is known about it.
    private static func failed(
        _ name: String,
        _ acceptance: Acceptance,
        _ outcome: String,
        code: SMTPError.Code = .dataRefused,
        log: (level: Logger.Level, message: String) = (.error, "message given up")
    ) -> ObserverEvent {
        ObserverEvent(
            name: name,
            log: log,
            metadata: [
                "smtp.code": "\(code)", "smtp.stage": "finalReply", "smtp.reply_code": "554",
                "smtp.enhanced_status": "5.7.1", "smtp.acceptance": outcome, "smtp.recipients": "0",
                "smtp.recipients_accepted": "0", "smtp.recipients_refused": "0", "smtp.attempts": "1",
            ],
            metrics: ["smtp_client.sends{outcome=\(outcome),stage=finalReply}"]
        ) { $0.sendFailed(error: try Marked.error(code, acceptance: acceptance), attempts: 1) }
    }
}
