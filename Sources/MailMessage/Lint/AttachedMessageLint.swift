internal import NIOCore

/// The check of files in memory that are messages to a reader and octets to rendering, which leaves Bcc out of attached
/// messages alone: whoever gets them reads their Bcc.
struct AttachedMessageLint {
    let message: Message

    /// Adds what it finds.
    ///
    /// - Throws: ``MessageError`` for an invitation whose method is no token.
    func add(to findings: inout FindingList) throws(MessageError) {
        let count = try Self.blindCopies(in: self.message)
        guard count > 0 else { return }
        let detail = count == 1 ? "" : "\(count) attached messages"
        findings.add(.attachedBlindCopyField, .warning, field: "Bcc", detail: detail)
    }

    /// The number of messages with Bcc or Resent-Bcc that are attached to a message.
    private static func blindCopies(in message: Message) throws(MessageError) -> Int {
        try Self.blindCopies(in: try message.structure())
    }

    private static func blindCopies(in part: BodyPart) throws(MessageError) -> Int {
        switch part.body {
        case .text(let content), .octets(let content):
            guard case .octets = try part.renderedBody, Self.isMessage(part) else { return 0 }
            return Self.hasBlindCopy(content) ? 1 : 0
        case .messageOctets: return 0
        case .message(let message):
            return try Self.blindCopies(in: message)
        case .multipart(let parts):
            var count = 0
            for part in parts { count += try Self.blindCopies(in: part) }
            return count
        }
    }

    /// Whether octets are a message by their type, or by the name of the file, which many readers go by.
    private static func isMessage(_ part: BodyPart) -> Bool {
        let named = part.disposition?.fileName.map { MediaType.forFile(named: $0) }
        return part.mediaType.type == "message" || named?.type == "message"
    }

    private static func hasBlindCopy(_ content: MessageContent) -> Bool {
        guard case .buffer(let octets, _) = content.source,
            let fields = try? ReceivedFields(parsing: octets.readableBytesView)
        else { return false }
        return fields.fields.contains { $0.key == "bcc" || $0.key == "resent-bcc" }
    }
}
