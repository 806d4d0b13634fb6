public import MailAddress
internal import NIOCore

extension Message {
    /// A message that hands on a received one, unchanged, as an attachment (RFC 2046 §5.2.1).
    ///
    /// Its subject begins with `Fwd:` once, and References names the original.
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
        Self.forward(.message(original), header ?? Self.header(of: original), from: from, to: to, text: text)
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
        part.disposition = ContentDisposition(.attachment)
        let subject = SubjectPrefix.forward.before(header?.subject ?? "")
        var message = Message(from: from, to: to, subject: subject, text: text, attachments: [part])
        message.references = header.map(Self.conversation) ?? []
        return message
    }

    private static func header(of content: MessageContent) -> ReceivedHeader? {
        guard case .buffer(let octets, _) = content.source else { return nil }
        return try? ReceivedHeader(parsing: octets.readableBytesView)
    }
}
