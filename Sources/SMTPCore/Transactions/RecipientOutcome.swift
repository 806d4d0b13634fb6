/// What became of one recipient.
public struct RecipientOutcome: Sendable, Hashable, CustomStringConvertible {
    /// How it ended.
    public enum Disposition: String, Sendable, Hashable {
        /// The server took responsibility for the message to this recipient.
        case accepted
        /// Refused for now, 4yz; the same request may succeed later.
        case refusedTemporarily
        /// Refused, 5yz.
        case refusedPermanently
        /// Certainly not accepted, though this recipient was not refused itself: the transaction failed
        /// before.
        case notAccepted
        /// The connection went after the last octet of the content and before the final reply.
        case unknown

        /// The refusal a 4yz or 5yz reply means.
        package static func refused(by reply: Reply) -> Disposition {
            reply.code.severity == .permanentNegative ? .refusedPermanently : .refusedTemporarily
        }
    }

    /// The recipient.
    public let recipient: ForwardPath
    /// How it ended.
    public let disposition: Disposition
    /// The reply that decided it: to RCPT for a refusal, the final one otherwise; nil where none came.
    public let reply: Reply?
    /// Where it was decided.
    public let stage: Stage

    /// Makes an outcome.
    package init(recipient: ForwardPath, disposition: Disposition, reply: Reply?, stage: Stage) {
        self.recipient = recipient
        self.disposition = disposition
        self.reply = reply
        self.stage = stage
    }

    /// Reply code; nil where no reply came.
    public var code: ReplyCode? { self.reply?.code }
    /// Enhanced status code of the reply.
    public var enhancedStatus: EnhancedStatusCode? { self.reply?.enhancedStatus }
    /// Text of the reply, empty where none came.
    public var text: String { self.reply?.text ?? "" }

    /// Recipient, disposition, stage and reply in one line.
    public var description: String {
        let base = "\(self.recipient) \(self.disposition.rawValue) (\(self.stage))"
        return self.reply.map { "\(base): \($0)" } ?? base
    }
}
