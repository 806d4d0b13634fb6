public import NIOOpenSSL
public import SMTPCore

/// Proof that a server took responsibility for a message, and for whom.
public struct SendReceipt: Sendable, CustomStringConvertible {
    /// What the session agreed on with the server for this message.
    public struct Negotiation: Sendable, Hashable {
        /// SMTP or LMTP.
        public let flavour: Flavour
        /// Name the server gave itself in its reply to EHLO.
        public let serverName: String?
        /// What TLS agreed on; nil where the message went in clear.
        public let tls: TLSSession?
        /// Grouping of commands that was used.
        public let pipelining: PipeliningLevel
        /// Whether the content went by BDAT.
        public let usedChunking: Bool
        /// Parameters sent with MAIL, as they were sent.
        public let mailParameters: [ESMTPParameter]
    }

    /// How long the parts took.
    public struct Timings: Sendable, Hashable {
        /// From the first command to the permission to send the content.
        public let envelope: Duration
        /// The content, up to its last octet.
        public let content: Duration
        /// From the last octet to the final reply.
        public let finalReply: Duration

        /// All of it.
        public var total: Duration { self.envelope + self.content + self.finalReply }
    }

    /// An outcome for each recipient, accepted ones too, in the order of the envelope.
    public var recipients: [RecipientOutcome] { self.facts.recipients }
    /// The reply behind the content; in LMTP, and where more than one transaction was needed, the last one.
    public var finalReply: Reply { self.facts.finalReply }
    /// Message-ID of the header, without angle brackets; nil where there is none or it was not looked for.
    public var messageID: String? { self.facts.messageID }
    /// What was agreed on.
    public var negotiation: Negotiation { self.facts.negotiation }
    /// How long it took; the sum where more than one transaction was needed.
    public var timings: Timings { self.facts.timings }
    /// Octets of content as sent, without the octets the protocol adds.
    public var octets: UInt64 { self.facts.octets }
    /// Transactions that were needed: more than one where the server takes fewer recipients at a time.
    public var transactions: Int { self.facts.transactions }
    /// Shared by all copies.
    private let facts: Facts

    init(
        recipients: [RecipientOutcome],
        finalReply: Reply,
        messageID: String?,
        negotiation: Negotiation,
        timings: Timings,
        octets: UInt64,
        transactions: Int
    ) {
        self.facts = Facts(
            recipients: recipients,
            finalReply: finalReply,
            messageID: messageID,
            negotiation: negotiation,
            timings: timings,
            octets: octets,
            transactions: transactions
        )
    }

    /// Recipients the server accepted the message for.
    public var accepted: [RecipientOutcome] { self.recipients.filter { $0.disposition == .accepted } }
    /// Recipients it was not accepted for; what smtplib's `sendmail` returns.
    public var refused: [RecipientOutcome] { self.recipients.filter { $0.disposition != .accepted } }
    /// Identifier the server queued the message under, as well as it can be told.
    public var queueIdentifier: String? { self.finalReply.queueIdentifier }

    /// How many recipients were accepted, and the final reply.
    public var description: String {
        "accepted for \(self.accepted.count) of \(self.recipients.count) recipients: \(self.finalReply)"
    }
}

extension SendReceipt {
    private final class Facts: Sendable {
        let recipients: [RecipientOutcome]
        let finalReply: Reply
        let messageID: String?
        let negotiation: Negotiation
        let timings: Timings
        let octets: UInt64
        let transactions: Int

        init(
            recipients: [RecipientOutcome],
            finalReply: Reply,
            messageID: String?,
            negotiation: Negotiation,
            timings: Timings,
            octets: UInt64,
            transactions: Int
        ) {
            self.recipients = recipients
            self.finalReply = finalReply
            self.messageID = messageID
            self.negotiation = negotiation
            self.timings = timings
            self.octets = octets
            self.transactions = transactions
        }
    }
}
