/// What a transaction led to, as far as the replies tell.
package struct TransactionResult: Sendable, Hashable {
    /// Nil when the message was accepted for at least one recipient.
    package var failure: TransactionFailure?
    /// An outcome for each recipient of the envelope, in its order, deferred ones left out.
    package var recipients: [RecipientOutcome]
    /// Recipients the server would not take in this transaction because there were too many; they belong in
    /// another.
    package var deferred: [Recipient]
    /// The reply that said there were too many.
    package var deferralReply: Reply?
    /// Final reply; in LMTP that of the last recipient.
    package var finalReply: Reply?
    /// Whether the server still has the transaction open, so that RSET must come before the next.
    package var needsReset: Bool
    /// Whether the connection cannot be used any more.
    package var mustClose: Bool
    /// Whether the replies suggest that the server does not keep up with grouped commands.
    package var distrustsPipelining: Bool
}
