/// How a transaction is carried out, decided before its first octet.
package struct TransactionPlan: Sendable, Hashable {
    /// How the content is sent.
    package enum ContentCommand: Sendable, Hashable {
        /// DATA, dot-stuffed.
        case data
        /// BDAT chunks; `atOnce` sends them right behind the envelope, without waiting for its replies.
        case bdat(atOnce: Bool)
    }

    /// SMTP or LMTP.
    package var flavour: Flavour
    /// Grouping of commands; already ``PipeliningLevel/disabled`` where the server does not offer it.
    package var pipelining: PipeliningLevel
    /// How the content is sent.
    package var contentCommand: ContentCommand
    /// Whether one refused recipient refuses the message.
    package var requiresAllRecipients: Bool
    /// Whether 250 in answer to DATA is taken for 354 (some servers say so).
    package var acceptsCompletionForData: Bool
    /// Whether RSET goes first, because the transaction before this one may still be open at the server.
    package var beginsWithReset: Bool

    package init(
        flavour: Flavour = .smtp,
        pipelining: PipeliningLevel = .disabled,
        contentCommand: ContentCommand = .data,
        requiresAllRecipients: Bool = false,
        acceptsCompletionForData: Bool = false,
        beginsWithReset: Bool = false
    ) {
        self.flavour = flavour
        // Once DATA is out a refused recipient cannot stop the accepted ones, so it must wait for the
        // verdict.
        self.pipelining = requiresAllRecipients ? min(pipelining, .envelope) : pipelining
        self.contentCommand =
            requiresAllRecipients && contentCommand != .data ? .bdat(atOnce: false) : contentCommand
        self.requiresAllRecipients = requiresAllRecipients
        self.acceptsCompletionForData = acceptsCompletionForData
        self.beginsWithReset = beginsWithReset
    }
}
