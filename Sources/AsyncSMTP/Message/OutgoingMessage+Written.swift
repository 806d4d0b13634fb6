public import MailMessage
public import SMTPCore

extension OutgoingMessage {
    /// The message as a server would get it: rendered, signed and checked, hidden fields left out.
    ///
    /// Nothing is sent. For those who want to look at it, or to keep what goes out. Line ends stay as they are, and no dots are
    /// stuffed.
    ///
    /// - Parameters:
    ///   - options: How it would be sent.
    ///   - defaults: What it has in common with others.
    /// - Returns: Octets and envelope. The octets can be read more than once; those of files and streams are read and
    ///   encoded each time.
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/invalidMessage``, ``SMTPError/Code/contentSourceFailed``, or
    ///   ``SMTPError/Code/invalidArgument`` for content that can be read once.
    public func written(
        options: SendOptions = SendOptions(),
        defaults: MessageDefaults = MessageDefaults()
    ) async throws(SMTPError) -> RawMessage {
        let message = try await PreparedMessage.prepare(
            try PreparedMessage.form(of: self),
            Preparation(options, defaults: defaults)
        )
        return RawMessage(try message.octets(), envelope: message.envelope)
    }
}

extension MessageContent {
    /// The content as a server would get it from ``SMTPSession/send(_:envelope:options:)``: signed and checked, no
    /// field left out.
    ///
    /// Nothing is sent.
    ///
    /// - Parameters:
    ///   - envelope: Whom it would be sent to.
    ///   - options: How it would be sent.
    /// - Throws: ``SMTPError`` as ``OutgoingMessage/written(options:defaults:)`` does.
    public func written(
        for envelope: Envelope,
        options: SendOptions = SendOptions()
    ) async throws(SMTPError) -> MessageContent {
        let message = try await PreparedMessage.prepare(
            .written(RawMessage(self, envelope: envelope)),
            Preparation(options, defaults: MessageDefaults(), dropping: [])
        )
        return try message.octets()
    }
}

extension PreparedMessage {
    /// The octets without the fields that must not go out.
    ///
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/invalidArgument`` for content that can be read once.
    fileprivate func octets() throws(SMTPError) -> MessageContent {
        if let wire { return .buffer(wire.original) }
        let (content, droppedFields) = (self.content, self.droppedFields)
        guard content.isRereadable else {
            throw SMTPError(
                .invalidArgument,
                "content that can only be read once is looked at only while it is sent",
                stage: .preparation
            )
        }
        guard !droppedFields.isEmpty else { return content }
        let source = StreamSource(reader: {
            PrefixedReader(nil, try ContentReader(content, dropping: droppedFields))
        })
        return MessageContent(source: .pieces(length: nil, source))
    }
}
