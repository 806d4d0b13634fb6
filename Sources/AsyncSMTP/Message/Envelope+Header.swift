internal import MailAddress
internal import SMTPCore

extension Envelope {
    /// Sender and recipients as the header of a message tells them (RFC 5322 sections 3.6.2, 3.6.3 and
    /// 3.6.6).
    ///
    /// - Parameters:
    ///   - sender: Sender to take whatever the header says; nil takes the header's.
    ///   - recipients: Recipients to take whatever the header says; empty takes the header's.
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/invalidMessage`` when it does not tell what is asked of it.
    init(
        header: HeaderSection,
        sender: ReversePath? = nil,
        recipients: [Recipient] = []
    ) throws(SMTPError) {
        let blocks = header.values("resent-date").count
        guard blocks <= 1 else {
            throw Self.error("the header has \(blocks) blocks of Resent- fields; give an envelope")
        }
        let prefix = blocks == 1 ? "resent-" : ""
        let recipients = recipients.isEmpty ? try Self.recipients(in: header, prefix: prefix) : recipients
        guard !recipients.isEmpty else { throw Self.error("the header names no recipient") }
        let taken =
            if let sender { sender } else { ReversePath.mailbox(try Self.sender(in: header, prefix: prefix)) }
        self.init(sender: taken, recipients: recipients)
    }

    private static func recipients(in header: HeaderSection, prefix: String) throws(SMTPError) -> [Recipient]
    {
        var recipients: [Recipient] = []
        for name in ["to", "cc", "bcc"] {
            recipients += try Self.mailboxes(in: header, prefix + name).map { Recipient($0.address) }
        }
        return recipients
    }

    private static func sender(in header: HeaderSection, prefix: String) throws(SMTPError) -> EmailAddress {
        let senders = try Self.mailboxes(in: header, prefix + "sender")
        guard senders.count <= 1 else { throw Self.error("\(prefix)sender names \(senders.count) mailboxes") }
        if let sender = senders.first { return sender.address }
        let authors = try Self.mailboxes(in: header, prefix + "from")
        guard let author = authors.first else { throw Self.error("the header has no \(prefix)from field") }
        guard authors.count == 1 else {
            throw Self.error("\(prefix)from names \(authors.count) mailboxes and there is no \(prefix)sender")
        }
        return author.address
    }

    private static func mailboxes(in header: HeaderSection, _ name: String) throws(SMTPError) -> [Mailbox] {
        let parser = AddressListParser(mode: .lenient)
        var result: [Mailbox] = []
        for value in header.values(name) where !value.isEmpty {
            do throws(AddressError) {
                result += try parser.mailboxes(in: value)
            } catch {
                throw SMTPError(
                    .invalidMessage,
                    "header field \(name): \(error)",
                    stage: .preparation,
                    underlying: error
                )
            }
        }
        return result
    }

    private static func error(_ message: String) -> SMTPError {
        SMTPError(.invalidMessage, message, stage: .preparation)
    }
}
