public import SMTPCore

/// How messages are sent.
public struct SendOptions: Sendable, Hashable {
    /// Grouping of commands, used only where the server offers PIPELINING.
    public var pipelining: PipeliningLevel = .session
    /// Whether content goes by BDAT where the server offers CHUNKING; otherwise only binary content does.
    public var usesChunking = false
    /// Whether a message is refused when one recipient is.
    ///
    /// Otherwise it goes to those accepted, and the receipt tells about the others.
    public var requiresAllRecipients = false
    /// What content may look like.
    public var contentRules = ContentRules()
    /// Most recipients of one transaction; a server's RCPTMAX lowers it (RFC 9422).
    ///
    /// More recipients take more transactions, with one receipt for all.
    public var maximumRecipients = 1000
    /// Whether 250 in answer to DATA is taken for 354, as some servers mean it.
    public var acceptsCompletionForData = false

    /// The defaults.
    public init() {}
}
