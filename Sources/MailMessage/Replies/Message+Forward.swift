public import MailAddress
internal import NIOCore
internal import TransferEncoding

extension Message {
    /// A message that hands on a received one as an attachment (RFC 2046 §5.2.1), unchanged but for Bcc fields, which
    /// are left out.
    ///
    /// Its subject begins with `Fwd:` once, and References names the original.
    ///
    /// A message in memory with NUL or with a line of more than 998 octets is attached as a file, `message.eml` of the
    /// type `application/octet-stream`: an attached message must not be encoded, and without that few servers take it.
    /// Files and streams are not looked at; with such a line they are an error of rendering.
    ///
    /// - Parameters:
    ///   - original: Header and body of the message. It must be possible to read them more than once.
    ///   - header: What is known of it; nil reads it from the octets where they are in memory.
    ///   - from: Who hands it on.
    ///   - to: Recipients.
    ///   - text: Plain text to go with it; any line ends.
    public static func forward(
        _ original: MessageContent,
        header: ReceivedHeader? = nil,
        from: Mailbox,
        to: [Mailbox],
        text: String? = nil
    ) -> Message {
        // A header that cannot be read costs the subject, not the message.
        Self.forward(Self.part(original), header ?? Self.header(of: original), from: from, to: to, text: text)
    }

    /// A message that hands on one that is composed here, as an attachment (RFC 2046 §5.2.1).
    ///
    /// Its subject begins with `Fwd:` once, and References names the original.
    ///
    /// - Parameters:
    ///   - original: The message.
    ///   - header: What is said of it; nil takes it from the message.
    ///   - from: Who hands it on.
    ///   - to: Recipients.
    ///   - text: Plain text to go with it; any line ends.
    public static func forward(
        _ original: Message,
        header: ReceivedHeader? = nil,
        from: Mailbox,
        to: [Mailbox],
        text: String? = nil
    ) -> Message {
        Self.forward(.message(original), header ?? ReceivedHeader(original), from: from, to: to, text: text)
    }

    private static func forward(
        _ part: BodyPart,
        _ header: ReceivedHeader?,
        from: Mailbox,
        to: [Mailbox],
        text: String?
    ) -> Message {
        var part = part
        if part.disposition == nil { part.disposition = ContentDisposition(.attachment) }
        let subject = SubjectPrefix.forward.before(header?.subject ?? "")
        var message = Message(from: from, to: to, subject: subject, text: text, attachments: [part])
        message.references = header.map(Self.conversation) ?? []
        return message
    }

    /// The part for a message that is written already.
    private static func part(_ original: MessageContent) -> BodyPart {
        guard case .buffer(let octets, _) = original.source else { return .message(original) }
        var survey = ContentEncodingSurvey()
        survey.append(octets.readableBytesUInt8Span)
        survey.finish()
        guard survey.hasNUL || survey.maximumLineLength > FieldFolder.hardLimit else {
            return .message(original)
        }
        return .attachment(original.withoutHiddenFields, named: "message.eml", type: .octetStream)
    }

    private static func header(of content: MessageContent) -> ReceivedHeader? {
        guard case .buffer(let octets, _) = content.source else { return nil }
        return try? ReceivedHeader(parsing: octets.readableBytesView)
    }
}
