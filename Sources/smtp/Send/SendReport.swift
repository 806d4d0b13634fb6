internal import AsyncSMTP
internal import Foundation

/// What became of a message, for programs; keys and types are the same whatever happened.
struct SendReport: Encodable {
    /// A recipient, and the reply that decided about it.
    struct Entry: Encodable {
        let recipient: String
        let reply: Reply?
        let stage: Stage

        init(_ recipient: ForwardPath, _ reply: Reply?, _ stage: Stage) {
            self.recipient = recipient.address?.wireForm ?? "Postmaster"
            self.reply = reply
            self.stage = stage
        }

        init(_ outcome: RecipientOutcome) {
            self.init(outcome.recipient, outcome.reply, outcome.stage)
        }

        enum CodingKeys: String, CodingKey { case recipient, code, enhanced, text, stage }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(self.recipient, forKey: .recipient)
            try container.encode((self.reply?.code.value).map { Int($0) }, forKey: .code)
            try container.encode((self.reply?.enhancedStatus).map { "\($0)" }, forKey: .enhanced)
            try container.encode(self.reply?.text ?? "", forKey: .text)
            try container.encode(self.stage.rawValue, forKey: .stage)
        }
    }

    /// `accepted`, `partly`, or the raw value of an ``Acceptance``.
    var acceptance = Acceptance.notAccepted.rawValue
    var accepted: [Entry] = []
    /// Recipients the server refused; those it never decided about are in neither list.
    var refused: [Entry] = []
    var reply: Reply?
    var messageID: String?
    var tls: TLSSession?
    var extensionsUsed: [String] = []
    /// Octets of content as sent; 0 where it was not accepted.
    var bytes: UInt64 = 0
    var seconds = 0.0
    var error: String?

    /// Takes over a receipt.
    mutating func take(_ receipt: SendReceipt) {
        self.take(receipt.recipients)
        self.acceptance = receipt.refused.isEmpty ? "accepted" : Acceptance.partly.rawValue
        self.reply = receipt.finalReply
        self.messageID = receipt.messageID ?? self.messageID
        self.tls = receipt.negotiation.tls
        self.bytes = receipt.octets
    }

    /// Takes over a failure.
    mutating func take(_ error: any Error) {
        self.error = "\(error)"
        guard let error = error as? SMTPError else { return }
        self.take(error.recipients)
        self.acceptance = error.acceptance.rawValue
        self.reply = error.reply ?? self.reply
    }

    private mutating func take(_ recipients: [RecipientOutcome]) {
        guard !recipients.isEmpty else { return }
        self.accepted = recipients.filter { $0.disposition == .accepted }.map(Entry.init)
        let refusals: Set<RecipientOutcome.Disposition> = [.refusedTemporarily, .refusedPermanently]
        self.refused = recipients.filter { refusals.contains($0.disposition) }.map(Entry.init)
    }
}

extension SendReport {
    private struct ReplyReport: Encodable {
        let reply: Reply

        enum CodingKeys: String, CodingKey { case code, enhanced, text }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(Int(self.reply.code.value), forKey: .code)
            try container.encode(self.reply.enhancedStatus.map { "\($0)" }, forKey: .enhanced)
            try container.encode(self.reply.text, forKey: .text)
        }
    }

    private struct TLSReport: Encodable {
        let version: String
        let cipher: String
        let verified: Bool
    }

    enum CodingKeys: String, CodingKey {
        case acceptance, accepted, refused, reply, queueID, messageID, tls, extensionsUsed, bytes, seconds,
            error
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        let tls = self.tls.map {
            TLSReport(version: "\($0.version)", cipher: $0.cipher, verified: $0.isVerified)
        }
        try container.encode(self.acceptance, forKey: .acceptance)
        try container.encode(self.accepted, forKey: .accepted)
        try container.encode(self.refused, forKey: .refused)
        try container.encode(self.reply.map(ReplyReport.init), forKey: .reply)
        try container.encode(self.queueID, forKey: .queueID)
        try container.encode(self.messageID, forKey: .messageID)
        try container.encode(tls, forKey: .tls)
        try container.encode(self.extensionsUsed, forKey: .extensionsUsed)
        try container.encode(self.bytes, forKey: .bytes)
        try container.encode(self.seconds, forKey: .seconds)
        try container.encode(self.error, forKey: .error)
    }

    /// Name the server queued the message under; nil where nobody got it.
    var queueID: String? { self.accepted.isEmpty ? nil : self.reply?.queueIdentifier }
}
