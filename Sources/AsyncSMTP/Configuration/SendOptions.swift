public import DKIM
public import MailMessage
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
    /// What composed messages may ask of the server; nil asks for 8BITMIME where they need it, and for nothing where
    /// they are signed.
    ///
    /// A message that asks for more than the server offers is rendered again for less.
    public var maximumCapability: TransferCapability?
    /// Who signs messages by DKIM, each on its own (RFC 6376); nobody by default.
    ///
    /// Signed are exactly the octets that go out. Content that can be read only once cannot be signed, nor can
    /// binary content.
    public var dkim: [DKIMSigner] = []

    /// The defaults.
    public init() {}
}
