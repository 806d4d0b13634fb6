public import SMTPCore

/// Why something failed, what the server said, and what that means for the message.
///
/// ``acceptance`` is always truthful: only ``Acceptance/unknown`` leaves open whether the message arrived.
public struct SMTPError: Error, Sendable, CustomStringConvertible {
    /// What went wrong.
    public var code: Code { self.facts.code }
    /// The same in words, safe to print: nothing a peer sent stands in it unescaped, and no secret.
    public var message: String { self.facts.message }
    /// Where it happened.
    public var stage: Stage { self.facts.stage }
    /// The server's reply, if one decided it.
    public var reply: Reply? { self.facts.reply }
    /// The error this one was made from.
    public var underlying: (any Error)? { self.facts.underlying }
    /// What became of each recipient; empty when no transaction was begun.
    public var recipients: [RecipientOutcome] { self.facts.recipients }
    /// The sender's path when MAIL was refused; smtplib's `sender`.
    public var sender: ReversePath? { self.facts.sender }
    /// What is known about the message.
    public let acceptance: Acceptance
    /// Shared by all copies, so that a result that may be an error is small.
    private let facts: Facts

    /// Makes an error.
    ///
    /// The acceptance is told from the reply and the recipients unless it is given.
    package init(
        _ code: Code,
        _ message: String,
        stage: Stage,
        reply: Reply? = nil,
        underlying: (any Error)? = nil,
        recipients: [RecipientOutcome] = [],
        sender: ReversePath? = nil,
        acceptance: Acceptance? = nil
    ) {
        self.facts = Facts(code, message, stage, reply, underlying, recipients, sender)
        self.acceptance = acceptance ?? Self.acceptance(reply: reply, recipients: recipients)
    }

    private static func acceptance(reply: Reply?, recipients: [RecipientOutcome]) -> Acceptance {
        let dispositions = Set(recipients.map(\.disposition))
        if dispositions.contains(.unknown) { return .unknown }
        if dispositions.contains(.accepted) { return .partly }
        if dispositions.contains(.refusedTemporarily), !dispositions.contains(.notAccepted) {
            return .refusedTemporarily
        }
        switch reply?.code.severity {
        case .transientNegative: return .refusedTemporarily
        case .permanentNegative: return .refusedPermanently
        default: return .notAccepted
        }
    }

    /// The same error, its reply without what must not be shown.
    func redacting(_ secrets: [[UInt8]]) -> SMTPError {
        guard let reply, !secrets.isEmpty else { return self }
        return SMTPError(
            self.code,
            self.message,
            stage: self.stage,
            reply: reply.redacting(secrets),
            underlying: self.underlying,
            recipients: self.recipients,
            sender: self.sender,
            acceptance: self.acceptance
        )
    }

    /// What a caller can do about it.
    public var retryAdvice: RetryAdvice {
        switch self.acceptance {
        case .unknown, .partly: .mayDuplicate
        case .refusedPermanently: .doNotRetry
        case .refusedTemporarily: self.code == .serverClosing ? .retryOnNewConnection : .retryLater
        case .notAccepted:
            switch self.code {
            case .disconnected, .serverClosing, .timedOut, .malformedReply, .unexpectedReply,
                .unsolicitedData,
                .cannotConnect, .cancelled, .closed, .commandRefused:
                .retryOnNewConnection
            case .transportFailed: .retryLater
            default: .doNotRetry
            }
        }
    }

    /// Code, stage, message, reply and acceptance in one line.
    public var description: String {
        var result = "\(self.code) (\(self.stage)): \(self.message)"
        if let reply { result += "; server: \(reply)" }
        return result + "; \(self.acceptance.rawValue)"
    }
}

extension SMTPError {
    private final class Facts: Sendable {
        let code: Code
        let message: String
        let stage: Stage
        let reply: Reply?
        let underlying: (any Error)?
        let recipients: [RecipientOutcome]
        let sender: ReversePath?

        init(
            _ code: Code,
            _ message: String,
            _ stage: Stage,
            _ reply: Reply?,
            _ underlying: (any Error)?,
            _ recipients: [RecipientOutcome],
            _ sender: ReversePath?
        ) {
            self.code = code
            self.message = message
            self.stage = stage
            self.reply = reply
            self.underlying = underlying
            self.recipients = recipients
            self.sender = sender
        }
    }
}
