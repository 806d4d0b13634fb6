import MailMessage

/// Ways to attach a message that is written already.
enum AttachedMessage: CaseIterable {
    case message, file, global, unknownFile, parts, composed

    /// The part that holds a message with this header.
    func part(header: String) throws -> BodyPart {
        let content = MessageContent.text(header + "\r\nText\r\n")
        switch self {
        case .message:
            return .message(content)
        case .file:
            return .attachment(content, named: "a.eml")
        case .global:
            return .octets(content, type: .messageGlobal)
        case .unknownFile:
            return .attachment(content, named: "a.eml", type: .octetStream)
        case .parts:
            return .multipart(try MediaType("multipart", "digest"), [.text("a"), .message(content)])
        case .composed:
            let inner = try Message(
                from: "a@b.example",
                to: "c@d.example",
                subject: "s",
                attachments: [.message(content)]
            )
            return .message(inner)
        }
    }
}
