public import MailAddress

/// Fields that say a message was sent once more, unchanged, by somebody else (RFC 5322 section 3.6.6).
public struct ResentBlock: Sendable, Hashable {
    /// Who sends it again.
    public var from: [Mailbox]
    /// Who did it for them; needed where ``from`` has more than one.
    public var sender: Mailbox?
    /// Recipients.
    public var to: [AddressListEntry]
    /// Further recipients.
    public var cc: [AddressListEntry]
    /// Recipients nobody is told about.
    public var bcc: [AddressListEntry]
    /// When it was sent again.
    public var date: MailDate
    /// Identifier of this sending; nil leaves it out.
    public var messageID: MessageIdentifier?

    /// Makes a block.
    public init(
        from: Mailbox,
        to: [Mailbox],
        cc: [Mailbox] = [],
        bcc: [Mailbox] = [],
        date: MailDate = .now()
    ) {
        self.from = [from]
        self.to = to.map(AddressListEntry.mailbox)
        self.cc = cc.map(AddressListEntry.mailbox)
        self.bcc = bcc.map(AddressListEntry.mailbox)
        self.date = date
    }

    /// The fields, as a unit.
    var fields: [HeaderField] {
        get throws(MessageError) {
            guard !self.from.isEmpty else {
                throw MessageError(.missingField, field: "Resent-From", detail: "who sends it again?")
            }
            guard self.from.count == 1 || self.sender != nil else {
                throw MessageError(
                    .missingField,
                    field: "Resent-Sender",
                    detail: "Resent-From names \(self.from.count) mailboxes"
                )
            }
            var fields = [
                HeaderField(.resentDate, .date(self.date)), HeaderField(.resentFrom, .mailboxes(self.from)),
            ]
            if let sender { fields.append(HeaderField(.resentSender, .mailboxes([sender]))) }
            if !self.to.isEmpty { fields.append(HeaderField(.resentTo, .addresses(self.to))) }
            if !self.cc.isEmpty { fields.append(HeaderField(.resentCc, .addresses(self.cc))) }
            if let messageID { fields.append(HeaderField(.resentMessageID, .messageIDs([messageID]))) }
            return fields
        }
    }
}
