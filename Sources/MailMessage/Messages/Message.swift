public import MailAddress

/// A message to be composed: who, what about, and the parts (RFC 5322, RFC 2045).
///
/// ```swift
/// let message = try Message(
///     from: "Ann <ann@example.org>",
///     to: "Bob <bob@example.net>, carol@example.com",
///     subject: "The report",
///     text: "It is attached.",
///     attachments: [.attachment(file: "/srv/report.pdf")]
/// )
/// ```
///
/// A value: a copy that is changed leaves the original as it was. Message-ID and boundaries are drawn when it is made
/// and stay, so that the same message sent again is the same message, and rendering it twice gives the same octets.
/// Use ``renewed()`` for a copy that is a message of its own.
///
/// Nothing given here can become a header field or a line of its own: what has control characters is refused when the
/// message is rendered, with ``MessageError``, which names the field.
public struct Message: Sendable {
    /// Authors; at least one.
    public var from: [Mailbox]
    /// Who sends it for the authors; needed where there are several.
    public var sender: Mailbox?
    /// Where answers go, if not to the authors.
    public var replyTo: [AddressListEntry]
    /// Recipients.
    public var to: [AddressListEntry]
    /// Further recipients.
    public var cc: [AddressListEntry]
    /// Recipients nobody is told about: they stand in no field.
    public var bcc: [AddressListEntry]
    /// What it is about.
    public var subject: String
    /// Its text.
    public var text: BodyPart?
    /// The same as HTML.
    public var html: BodyPart?
    /// What the HTML shows by `cid:`.
    public var inlineParts: [BodyPart] = []
    /// An invitation, beside the text.
    public var invitation: CalendarInvitation?
    /// Files and messages to keep.
    public var attachments: [BodyPart]
    /// A part of your own in place of ``text``, ``html``, ``inlineParts`` and ``invitation``.
    public var body: BodyPart?

    /// When it was written.
    public var date: MailDate
    /// Messages it answers.
    public var inReplyTo: [MessageIdentifier] = []
    /// The conversation it belongs to, the oldest first.
    public var references: [MessageIdentifier] = []
    /// How urgent it is; nil says nothing.
    public var priority: Priority?
    /// How it came about, if no person wrote it.
    public var autoSubmitted: AutoSubmitted?
    /// Who is told that it was read, if the reader agrees (RFC 8098).
    public var readReceiptTo: [Mailbox] = []
    /// The list it went to.
    public var listID: ListIdentifier?
    /// How to leave the list.
    public var listUnsubscribe: ListUnsubscribe?
    /// Whether relays may hand it on without TLS even if they usually require it: `TLS-Required: No` (RFC 8689
    /// section 5).
    ///
    /// It means nothing where REQUIRETLS is asked for.
    public var allowsRelayWithoutTLS = false
    /// Blocks that say it was sent again, the latest first.
    public var resent: [ResentBlock] = []
    /// Any other fields, in order, behind those above.
    ///
    /// A field that the properties above write must not stand here again.
    public var fields = HeaderFields()

    private var givenMessageID: MessageIdentifier?
    /// What makes it different from any other.
    private(set) var identity: MessageIdentity

    /// Its identifier; drawn for the domain of the first author unless set.
    public var messageID: MessageIdentifier {
        get {
            if let givenMessageID { return givenMessageID }
            // Without an author there is no message; "invalid" is nobody's domain (RFC 2606 section 2).
            let domain = self.from.first?.address.domain.ascii ?? "message.invalid"
            return MessageIdentifier(known: "\(self.identity.messageIDToken)@\(domain)")
        }
        set { self.givenMessageID = newValue }
    }

    /// Makes a message.
    ///
    /// - Parameters:
    ///   - from: Author.
    ///   - to: Recipients.
    ///   - cc: Further recipients.
    ///   - bcc: Recipients nobody is told about.
    ///   - replyTo: Where answers go, if not to the author.
    ///   - subject: What it is about.
    ///   - text: Plain text; any line ends.
    ///   - html: The same as HTML.
    ///   - attachments: Files and messages to keep.
    public init(
        from: Mailbox,
        to: [Mailbox] = [],
        cc: [Mailbox] = [],
        bcc: [Mailbox] = [],
        replyTo: [Mailbox] = [],
        subject: String,
        text: String? = nil,
        html: String? = nil,
        attachments: [BodyPart] = []
    ) {
        self.init(
            from: [from],
            to: to.map(AddressListEntry.mailbox),
            cc: cc.map(AddressListEntry.mailbox),
            bcc: bcc.map(AddressListEntry.mailbox),
            replyTo: replyTo.map(AddressListEntry.mailbox),
            subject: subject,
            text: text,
            html: html,
            attachments: attachments,
            identity: .drawn()
        )
    }

    /// Makes a message, its addresses given as they stand in a header: `Ann <ann@example.org>, bob@example.org`,
    /// groups too.
    ///
    /// - Parameters:
    ///   - from: Authors. An empty text leaves it to ``MessageDefaults``.
    ///   - to: Recipients.
    ///   - cc: Further recipients.
    ///   - bcc: Recipients nobody is told about.
    ///   - replyTo: Where answers go, if not to the authors.
    ///   - subject: What it is about.
    ///   - text: Plain text; any line ends.
    ///   - html: The same as HTML.
    ///   - attachments: Files and messages to keep.
    /// - Throws: ``MailAddress/AddressError`` that says what is no address, and where.
    public init(
        from: String = "",
        to: String = "",
        cc: String = "",
        bcc: String = "",
        replyTo: String = "",
        subject: String,
        text: String? = nil,
        html: String? = nil,
        attachments: [BodyPart] = []
    ) throws(AddressError) {
        self.init(
            from: try Self.entries(from).flatMap(\.mailboxes),
            to: try Self.entries(to),
            cc: try Self.entries(cc),
            bcc: try Self.entries(bcc),
            replyTo: try Self.entries(replyTo),
            subject: subject,
            text: text,
            html: html,
            attachments: attachments,
            identity: .drawn()
        )
    }

    /// Makes a message whose identity is drawn from `generator`.
    package init(
        from: [Mailbox],
        to: [AddressListEntry],
        cc: [AddressListEntry] = [],
        bcc: [AddressListEntry] = [],
        replyTo: [AddressListEntry] = [],
        subject: String,
        text: String? = nil,
        html: String? = nil,
        attachments: [BodyPart] = [],
        using generator: inout some RandomNumberGenerator
    ) {
        self.init(
            from: from,
            to: to,
            cc: cc,
            bcc: bcc,
            replyTo: replyTo,
            subject: subject,
            text: text,
            html: html,
            attachments: attachments,
            identity: MessageIdentity { generator.next() }
        )
    }

    private init(
        from: [Mailbox],
        to: [AddressListEntry],
        cc: [AddressListEntry],
        bcc: [AddressListEntry],
        replyTo: [AddressListEntry],
        subject: String,
        text: String?,
        html: String?,
        attachments: [BodyPart],
        identity: MessageIdentity
    ) {
        self.from = from
        self.to = to
        self.cc = cc
        self.bcc = bcc
        self.replyTo = replyTo
        self.subject = subject
        self.text = text.map { .text($0) }
        self.html = html.map { .html($0) }
        self.attachments = attachments
        self.date = .now()
        self.identity = identity
    }

    private static func entries(_ text: String) throws(AddressError) -> [AddressListEntry] {
        text.isEmpty ? [] : try AddressListParser().parse(text)
    }

    /// A copy that is a message of its own: another Message-ID, the date of now.
    public func renewed() -> Message {
        var copy = self
        copy.givenMessageID = nil
        copy.identity = .drawn()
        copy.date = .now()
        return copy
    }
}
