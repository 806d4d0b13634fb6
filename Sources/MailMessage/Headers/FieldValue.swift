public import MailAddress

/// The value of a header field, as it is meant.
///
/// A value is text, addresses, identifiers or the like, never octets for the wire: quotes, encodings and folds
/// are added when the message is written, and what cannot be written is refused then. ``raw(_:)`` is the one
/// exception, and checks what it takes.
///
/// ```swift
/// fields.set(.subject, .text("Grüße"))
/// fields.set(.to, .mailboxes([Mailbox(try EmailAddress("ann@example.org"))]))
/// ```
public struct FieldValue: Sendable, Hashable {
    /// What the value consists of.
    let content: Content

    private init(_ content: Content) {
        self.content = content
    }

    /// Text (RFC 5322 §2.2.1), encoded by RFC 2047 where it is not ASCII.
    ///
    /// Spaces come out as they are given, wherever they stand; a tab is kept too. Other control characters and
    /// line ends are refused when the field is written.
    public static func text(_ text: String) -> FieldValue { FieldValue(.text(text)) }

    /// A list of mailboxes and groups (RFC 5322 §3.4).
    ///
    /// Groups are refused outside To, Cc, Bcc, Reply-To and, by RFC 6854, From and Sender; an empty list is,
    /// outside Bcc.
    public static func addresses(_ entries: [AddressListEntry]) -> FieldValue {
        FieldValue(.addresses(entries))
    }

    /// A list of mailboxes (RFC 5322 §3.4).
    public static func mailboxes(_ mailboxes: [Mailbox]) -> FieldValue {
        FieldValue(.addresses(mailboxes.map { .mailbox($0) }))
    }

    /// A list of one or more message identifiers (RFC 5322 §3.6.4), as in Message-ID and References.
    public static func messageIDs(_ identifiers: [MessageIdentifier]) -> FieldValue {
        FieldValue(.identifiers(identifiers.map(\.description)))
    }

    /// The identifier of a part (RFC 2045 §7), as in Content-ID.
    public static func contentID(_ identifier: ContentIdentifier) -> FieldValue {
        FieldValue(.identifiers([identifier.description]))
    }

    /// A date with time and zone (RFC 5322 §3.3).
    public static func date(_ date: MailDate) -> FieldValue { FieldValue(.date(date)) }

    /// A token, or two with a slash between them, with parameters (RFC 2045 §5.1, RFC 2183, RFC 2231).
    ///
    /// A parameter that stands twice is refused when the field is written.
    public static func parameterized(_ value: String, _ parameters: [Parameter]) -> FieldValue {
        FieldValue(.parameterized(value, parameters))
    }

    /// A media type with its parameters, as in Content-Type.
    public static func mediaType(_ mediaType: MediaType) -> FieldValue {
        FieldValue(.parameterized(mediaType.essence, mediaType.parameters))
    }

    /// A list of one or more phrases with commas between them, as in Keywords (RFC 5322 §3.6.5).
    public static func phrases(_ phrases: [String]) -> FieldValue { FieldValue(.phrases(phrases)) }

    /// The identifier of a mailing list, as in List-Id (RFC 2919).
    ///
    /// - Parameters:
    ///   - phrase: What people call the list.
    ///   - id: Atoms of ASCII with dots between them, two at least, up to 255 octets, without angle brackets.
    public static func identifier(phrase: String?, id: String) -> FieldValue {
        FieldValue(.identifier(phrase: phrase, id: id))
    }

    /// A list of one or more URIs, as in List-Unsubscribe (RFC 2369).
    ///
    /// - Parameter uris: Each with its scheme, without angle brackets, in visible characters of ASCII.
    public static func uris(_ uris: [String]) -> FieldValue { FieldValue(.uris(uris)) }

    /// A value that is already in the form for the wire, folds and encodings included.
    ///
    /// It is sent as it is. Outside ASCII it can only be sent with SMTPUTF8 (RFC 6532).
    ///
    /// - Parameter text: The value without the name, the colon and the last CRLF.
    /// - Throws: ``MessageError`` when it has a control character other than a tab, a CR or LF that is no fold
    ///   (CRLF, then a space or a tab), a line of nothing but spaces and tabs, or a line of more than 998
    ///   octets.
    public static func raw(_ text: String) throws(MessageError) -> FieldValue {
        try RawFieldText.check(text)
        return FieldValue(.raw(text))
    }
}
