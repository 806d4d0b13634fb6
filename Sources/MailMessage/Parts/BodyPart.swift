/// A part of a message: text, an attachment, another message, or several parts together (RFC 2045 section 2.4).
///
/// ```swift
/// let picture = BodyPart.attachment(.file("/srv/logo.png"), named: "logo.png")
/// ```
///
/// Nothing is read when a part is made; files and streams are read when the message is rendered.
public struct BodyPart: Sendable {
    /// What a part is made of.
    package indirect enum Body: Sendable {
        /// Text: its line ends become CRLF.
        case text(MessageContent)
        /// Octets that arrive as they are.
        case octets(MessageContent)
        /// Other parts.
        case multipart([BodyPart])
        /// A message.
        case message(Message)
        /// A message that is written already.
        case messageOctets(MessageContent)
    }

    /// What the part is; a boundary is added by itself.
    public var mediaType: MediaType
    /// Where the part is shown; nil leaves it to the reader.
    public var disposition: ContentDisposition?
    /// Name by which other parts refer to it.
    public var contentID: ContentIdentifier?
    /// What the part is, in words.
    public var contentDescription: String?
    /// Other fields of its header; Content-Type, Content-Transfer-Encoding and MIME-Version are made by themselves.
    public var fields = HeaderFields()
    /// How the octets are written; nil chooses by content and by what the way can carry.
    ///
    /// An encoding that cannot carry the content is an error of rendering, never a false label. Octets that are the only
    /// part of a message are base64 where quoted-printable is asked for.
    public var transferEncoding: ContentTransferEncoding?
    package let body: Body

    private init(_ mediaType: MediaType, _ body: Body) {
        self.mediaType = mediaType
        self.body = body
    }

    /// Plain text.
    ///
    /// - Parameters:
    ///   - text: The text; any line ends.
    ///   - isFlowed: Whether long lines may be shown at any width: they are broken at 72 columns in the way of
    ///     RFC 3676 (`format=flowed`).
    public static func text(_ text: String, isFlowed: Bool = false) -> BodyPart {
        guard isFlowed else { return BodyPart(.plainText, .text(.text(text))) }
        return BodyPart(.flowedText, .text(.text(FlowedText.encode(text))))
    }

    /// HTML.
    public static func html(_ html: String) -> BodyPart {
        BodyPart(.html, .text(.text(html)))
    }

    /// Text from anywhere, in the character set its type names.
    ///
    /// - Parameters:
    ///   - content: Octets of the text; any line ends. It must be possible to read them more than once.
    ///   - type: `text/` with a `charset` that is a superset of ASCII, such as UTF-8.
    public static func text(_ content: MessageContent, type: MediaType) -> BodyPart {
        BodyPart(type, .text(content))
    }

    /// A file to keep; its octets arrive as they are.
    ///
    /// A file whose type is `message/rfc822`, such as `mail.eml`, is a message: its line ends become CRLF, and it is
    /// never encoded (RFC 2046 section 5.2.1), so it must not have NUL or lines of more than 998 octets.
    ///
    /// - Parameters:
    ///   - content: The octets. It must be possible to read them more than once.
    ///   - name: Name for the recipient's file. Directories are left out.
    ///   - type: What it is; nil tells it from the extension of the name.
    public static func attachment(
        _ content: MessageContent,
        named name: String,
        type: MediaType? = nil
    ) -> BodyPart {
        var part = BodyPart(type ?? MediaType.forFile(named: name), .octets(content))
        part.disposition = ContentDisposition(.attachment, fileName: name)
        return part
    }

    /// A file of this machine, attached under its own name and read while it is sent.
    ///
    /// - Parameter path: The file. Never take it from somebody who must not read every file the program can read.
    public static func attachment(file path: String, type: MediaType? = nil) -> BodyPart {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return .attachment(.file(path), named: name, type: type)
    }

    /// A picture or another file that HTML shows, by `cid:` and ``ContentIdentifier/url``.
    ///
    /// - Parameters:
    ///   - content: The octets. It must be possible to read them more than once.
    ///   - id: What the HTML calls it.
    ///   - name: Name for the recipient's file.
    ///   - type: What it is; nil tells it from the extension of the name.
    public static func inline(
        _ content: MessageContent,
        id: ContentIdentifier,
        named name: String,
        type: MediaType? = nil
    ) -> BodyPart {
        var part = BodyPart(type ?? MediaType.forFile(named: name), .octets(content))
        part.disposition = ContentDisposition(.inline, fileName: name)
        part.contentID = id
        return part
    }

    /// Octets of any kind, which arrive as they are.
    public static func octets(_ content: MessageContent, type: MediaType) -> BodyPart {
        BodyPart(type, .octets(content))
    }

    /// Several parts.
    ///
    /// - Parameters:
    ///   - type: `multipart/` and a subtype, such as ``MediaType/mixed``.
    ///   - parts: The parts in order, at least one.
    public static func multipart(_ type: MediaType, _ parts: [BodyPart]) -> BodyPart {
        BodyPart(type, .multipart(parts))
    }

    /// A message inside another (RFC 2046 section 5.2.1).
    public static func message(_ message: Message) -> BodyPart {
        BodyPart(.messageRFC822, .message(message))
    }

    /// A message that is written already, inside another.
    ///
    /// - Parameter content: Header and body. It must be possible to read them more than once.
    public static func message(_ content: MessageContent) -> BodyPart {
        BodyPart(.messageRFC822, .messageOctets(content))
    }
}
