internal import MailAddress
internal import NIOOpenSSL
internal import SMTPCore

/// A message on its way: what is still to be done, and what came of what was done.
struct Delivering: Sendable {
    let message: PreparedMessage
    /// Recipients still to be offered.
    private var waiting: ArraySlice<Recipient>
    private var outcomes: [ForwardPath: RecipientOutcome] = [:]
    private(set) var transactions = 0
    private(set) var finalReply: Reply?
    var flavour = Flavour.smtp
    var serverName: String?
    var tls: TLSSession?
    var mailParameters: [ESMTPParameter] = []
    var pipelining = PipeliningLevel.disabled
    var usedChunking = false
    var octets: UInt64 = 0
    var envelopeTime = Duration.zero
    var contentTime = Duration.zero
    var finalTime = Duration.zero

    init(_ message: PreparedMessage) {
        self.message = message
        self.waiting = message.envelope.uniqueRecipients[...]
    }

    /// Whether recipients are still to be offered.
    var isUnfinished: Bool { !self.waiting.isEmpty }

    /// Takes as many recipients as one transaction may have by the limits of the caller and of the server
    /// (RFC 9422).
    mutating func takePortion(by limits: ServerLimits) -> [Recipient] {
        let most = max(1, min(self.message.options.maximumRecipients, limits.recipients ?? .max))
        var portion: [Recipient] = []
        var domains = Set<String>()
        while portion.count < most, let recipient = self.waiting.first {
            if let mostDomains = limits.recipientDomains {
                domains.insert(recipient.path.address?.domain.ascii ?? "")
                if domains.count > mostDomains { break }
            }
            portion.append(recipient)
            self.waiting.removeFirst()
        }
        return portion
    }

    /// Puts recipients back whose transaction could not begin.
    mutating func putBack(_ portion: [Recipient]) {
        self.waiting = portion + self.waiting
    }

    /// Ends with an error, unless it happened before a further transaction: what was accepted stays accepted
    /// then, and the receipt tells about the rest.
    mutating func end(with error: SMTPError) throws(SMTPError) {
        guard self.isAccepted, error.recipients.isEmpty else { throw error }
        self.giveUpRest()
    }

    /// Takes what a transaction led to.
    mutating func take(_ result: TransactionResult) {
        self.transactions += 1
        self.finalReply = result.finalReply ?? self.finalReply
        for outcome in result.recipients { self.outcomes[outcome.recipient] = outcome }
        if self.message.content.isRereadable {
            self.waiting = result.deferred + self.waiting
        } else {
            self.giveUp(result.deferred, reply: result.deferralReply)
            self.giveUpRest()
        }
    }

    /// Recipients that will not be offered any more are certainly not accepted.
    mutating func giveUpRest() {
        self.giveUp(Array(self.waiting), reply: nil)
        self.waiting = []
    }

    private mutating func giveUp(_ recipients: [Recipient], reply: Reply?) {
        for recipient in recipients {
            self.outcomes[recipient.path] = RecipientOutcome(
                recipient: recipient.path,
                disposition: reply == nil ? .notAccepted : .refusedTemporarily,
                reply: reply,
                stage: .rcpt
            )
        }
    }

    /// An outcome for each recipient, in the order of the envelope.
    var recipients: [RecipientOutcome] {
        self.message.envelope.uniqueRecipients.compactMap { self.outcomes[$0.path] }
    }

    /// Whether the message was accepted for anybody.
    var isAccepted: Bool { self.outcomes.values.contains { $0.disposition == .accepted } }

    /// What it led to.
    ///
    /// - Throws: ``SMTPError`` when nobody accepted the message.
    func receipt() throws(SMTPError) -> SendReceipt {
        guard self.isAccepted, let finalReply else {
            throw SMTPError(
                .recipientsRefused,
                "no recipient was accepted",
                stage: .rcpt,
                recipients: self.recipients
            )
        }
        return SendReceipt(
            recipients: self.recipients,
            finalReply: finalReply,
            messageID: self.message.messageID,
            negotiation: .init(
                flavour: self.flavour,
                serverName: self.serverName,
                tls: self.tls,
                pipelining: self.pipelining,
                usedChunking: self.usedChunking,
                mailParameters: self.mailParameters
            ),
            timings: .init(
                envelope: self.envelopeTime,
                content: self.contentTime,
                finalReply: self.finalTime
            ),
            octets: self.octets,
            transactions: self.transactions
        )
    }
}
