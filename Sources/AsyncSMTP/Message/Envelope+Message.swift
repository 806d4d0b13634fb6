internal import MailAddress
public import MailMessage
public import SMTPCore

extension Envelope {
    /// Sender and recipients as the properties of a message tell them (RFC 5322 sections 3.6.2, 3.6.3 and 3.6.6):
    /// those of the block that says it was sent again, if there is one.
    ///
    /// What ``MessageDefaults`` add is not looked at.
    ///
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/invalidMessage`` when they do not: there is no recipient, or no
    ///   author, or several authors and no sender, or several blocks.
    public init(of message: Message) throws(SMTPError) {
        guard message.resent.count <= 1 else {
            throw Self.error("it was sent again \(message.resent.count) times; give an envelope")
        }
        let resent = message.resent.first
        let authors = resent?.from ?? message.from
        let recipients =
            (resent.map { $0.to + $0.cc + $0.bcc } ?? message.to + message.cc + message.bcc)
            .flatMap(\.mailboxes)
        guard !recipients.isEmpty else { throw Self.error("it names no recipient") }
        guard let author = authors.first else { throw Self.error("it has no author") }
        let sender = resent.map(\.sender) ?? message.sender
        guard authors.count == 1 || sender != nil else {
            throw Self.error("it has \(authors.count) authors and no sender")
        }
        self.init(
            sender: .mailbox((sender ?? author).address),
            recipients: recipients.map { Recipient($0.address) }
        )
    }

    private static func error(_ message: String) -> SMTPError {
        SMTPError(.invalidMessage, "the message cannot be addressed: \(message)", stage: .preparation)
    }
}
