public import SMTPCore

/// How commands are grouped on a connection, and what decided it.
public struct PipeliningChoice: Sendable, Hashable, CustomStringConvertible {
    /// What decided a level; more may come, so a `switch` needs a default.
    public struct Reason: Sendable, Hashable, CustomStringConvertible {
        /// Name of the reason.
        public let description: String

        private init(_ name: String) {
            self.description = name
        }

        /// ``SendOptions/pipelining`` asks for it, and nothing stands in the way.
        public static let configured = Reason("configured")
        /// The server does not offer PIPELINING (RFC 2920).
        public static let notOffered = Reason("notOffered")
        /// Replies showed that the server does not keep up with grouped commands.
        public static let distrusted = Reason("distrusted")
        /// The server offers BURL (RFC 4468), as Dovecot does, which aborts when commands stand behind the end of
        /// a message whose reply is open.
        public static let takesMessagesOneByOne = Reason("takesMessagesOneByOne")
        /// The server limits the recipient domains of a transaction (RFC 9422).
        public static let limitsRecipientDomains = Reason("limitsRecipientDomains")
    }

    /// The level that is used.
    public let level: PipeliningLevel
    /// What decided it.
    public let reason: Reason

    /// Level and reason in words.
    public var description: String { "\(self.level): \(self.explanation)" }

    /// The reason in words.
    public var explanation: String {
        switch self.reason {
        case .configured: "as configured"
        case .notOffered: "the server does not offer PIPELINING"
        case .distrusted: "the server does not keep up with grouped commands"
        case .takesMessagesOneByOne:
            "the server offers BURL; those that do lose replies when messages follow each other at once"
        case .limitsRecipientDomains: "the server limits the recipient domains of a message"
        default: self.reason.description
        }
    }
}

extension SMTPSession {
    /// How commands are grouped by ``SMTPConfiguration/sending`` on this connection, and why.
    ///
    /// It is a matter of what is known after ``hello()``; before, nothing is offered. A message by itself goes by
    /// ``SMTPCore/PipeliningLevel/transaction`` where this says ``SMTPCore/PipeliningLevel/session``.
    public var pipeliningChoice: PipeliningChoice {
        let configured = self.configuration.sending.pipelining
        let limit = self.pipeliningLimit
        return configured <= limit.level ? PipeliningChoice(level: configured, reason: .configured) : limit
    }

    /// Whether content goes out by BDAT (RFC 3030): ``SMTPConfiguration/sending`` asks for it, and the server offers
    /// CHUNKING.
    ///
    /// Binary content does so in any case.
    public var sendsInChunks: Bool {
        self.configuration.sending.usesChunking && self.extensions.offers(.chunking)
    }

    /// The highest level that the server can stand, and what keeps it from a higher one.
    var pipeliningLimit: PipeliningChoice {
        if !self.extensions.offers(.pipelining) {
            return PipeliningChoice(level: .disabled, reason: .notOffered)
        }
        if self.distrustsPipelining { return PipeliningChoice(level: .disabled, reason: .distrusted) }
        if self.extensions.takesMessagesOneByOne {
            return PipeliningChoice(level: .transaction, reason: .takesMessagesOneByOne)
        }
        if self.extensions.limits.recipientDomains != nil {
            return PipeliningChoice(level: .transaction, reason: .limitsRecipientDomains)
        }
        return PipeliningChoice(level: .session, reason: .configured)
    }
}
