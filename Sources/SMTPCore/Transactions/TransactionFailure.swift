/// Why a transaction as a whole failed.
package struct TransactionFailure: Sendable, Hashable {
    package enum Reason: Sendable, Hashable {
        /// RSET in front of the transaction was refused.
        case resetRefused
        /// MAIL was refused.
        case senderRefused
        /// Every recipient was refused, or one where all were required.
        case recipientsRefused
        /// DATA, a chunk or the message itself was refused.
        case dataRefused
        /// 421: the server closes the connection.
        case serverClosing
        /// A reply that cannot be an answer to what was sent.
        case unexpectedReply

        /// Whether a refusal for this reason refuses every recipient that is not decided otherwise.
        ///
        /// Where it does not, it is about another recipient or another transaction.
        var concernsEveryRecipient: Bool {
            switch self {
            case .senderRefused, .dataRefused, .serverClosing: true
            case .resetRefused, .recipientsRefused, .unexpectedReply: false
            }
        }
    }

    package let reason: Reason
    package let stage: Stage
    package let reply: Reply?
    /// Whether the server took an empty message, sent because it asked for content although nothing was
    /// accepted.
    package var acceptedEmptyMessage = false

    package init(reason: Reason, stage: Stage, reply: Reply?) {
        self.reason = reason
        self.stage = stage
        self.reply = reply
    }
}
