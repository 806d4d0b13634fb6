internal import MailAddress
internal import SMTPCore

/// A message on its way through one session: what is still to be done, and what came of what was done.
struct Delivering {
    let message: PreparedMessage
    let options: SendOptions
    /// Recipients still to be offered, in the portions of one transaction each.
    private(set) var portions: [[Recipient]] = []
    private var outcomes: [ForwardPath: RecipientOutcome] = [:]
    private(set) var transactions = 0
    private(set) var finalReply: Reply?
    var mailParameters: [ESMTPParameter] = []
    var pipelining = PipeliningLevel.disabled
    var usedChunking = false
    var octets: UInt64 = 0
    var envelopeTime = Duration.zero
    var contentTime = Duration.zero
    var finalTime = Duration.zero

    init(_ message: PreparedMessage, options: SendOptions) {
        self.message = message
        self.options = options
    }

    /// Divides the recipients by the limits of the caller and of the server (RFC 9422).
    mutating func divide(by limits: ServerLimits) {
        let most = max(1, min(self.options.maximumRecipients, limits.recipients ?? .max))
        let mostDomains = limits.recipientDomains ?? .max
        var portion: [Recipient] = []
        var domains = Set<String>()
        for recipient in self.message.envelope.uniqueRecipients {
            let domain = recipient.path.address?.domain.ascii ?? ""
            if portion.count == most || (domains.count == mostDomains && !domains.contains(domain)) {
                self.portions.append(portion)
                portion = []
                domains = []
            }
            portion.append(recipient)
            if limits.recipientDomains != nil { domains.insert(domain) }
        }
        self.portions.append(portion)
    }

    /// The recipients of the next transaction.
    mutating func takePortion() -> [Recipient]? {
        self.portions.isEmpty ? nil : self.portions.removeFirst()
    }

    /// Takes what a transaction led to.
    mutating func take(_ result: TransactionResult) {
        self.transactions += 1
        self.finalReply = result.finalReply ?? self.finalReply
        for outcome in result.recipients { self.outcomes[outcome.recipient] = outcome }
        guard !result.deferred.isEmpty else { return }
        if self.message.content.isRereadable {
            self.portions.insert(result.deferred, at: 0)
        } else {
            self.giveUp(result.deferred, reply: result.deferralReply)
        }
    }

    /// Recipients that will not be offered any more are certainly not accepted.
    mutating func giveUpRest() {
        while let portion = self.takePortion() { self.giveUp(portion, reply: nil) }
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

    func receipt(flavour: Flavour, serverName: String?, finalReply: Reply) -> SendReceipt {
        SendReceipt(
            recipients: self.recipients,
            finalReply: finalReply,
            messageID: self.message.messageID,
            negotiation: .init(
                flavour: flavour,
                serverName: serverName,
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
