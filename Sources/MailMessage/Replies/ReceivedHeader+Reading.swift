internal import MailAddress

extension ReceivedHeader {
    /// Reads the octets of a message, or of its header alone; any line ends.
    ///
    /// - Throws: ``MessageError`` with ``MessageError/Reason/tooLarge`` for a header of more than 1 MiB or of more
    ///   than 10 000 fields.
    public init(parsing octets: some Collection<UInt8>) throws(MessageError) {
        let fields = try ReceivedFields(parsing: octets)
        self.init()
        self.from = self.entries(of: fields.all("from").prefix(1))
        self.sender = self.entries(of: fields.all("sender").prefix(1))
        self.replyTo = self.entries(of: fields.all("reply-to").prefix(1))
        self.to = self.entries(of: fields.all("to"))
        self.cc = self.entries(of: fields.all("cc"))
        self.subject = fields.first("subject").map { EncodedWordDecoder.decode($0.trimmedValue) } ?? ""
        self.messageID = self.identifiers(of: fields.first("message-id")).first
        self.inReplyTo = self.identifiers(of: fields.first("in-reply-to"))
        self.references = self.identifiers(of: fields.first("references"))
        self.date = self.date(of: fields.first("date"))
        self.readMarks(fields)
    }

    /// Takes the header of a message that is composed here.
    public init(_ message: Message) {
        self.init()
        self.from = message.from.map(AddressListEntry.mailbox)
        self.sender = [message.sender].compactMap(\.self).map(AddressListEntry.mailbox)
        self.replyTo = message.replyTo
        self.to = message.to
        self.cc = message.cc
        self.subject = message.subject
        self.messageID = message.messageID
        self.inReplyTo = message.inReplyTo
        self.references = message.references
        self.date = message.date
        self.autoSubmitted = (message.autoSubmitted?.rawValue ?? message.fields.first(.autoSubmitted)?.text)?
            .lowercased()
        self.precedence = message.fields.first(.precedence)?.text?.lowercased()
        self.isFromList =
            message.listID != nil || message.listUnsubscribe != nil
            || message.fields.contains { $0.name.key.hasPrefix("list-") }
    }

    private mutating func readMarks(_ fields: ReceivedFields) {
        if let post = fields.first("list-post") {
            let uri = post.trimmedValue.drop { $0 != HeaderOctet.openAngle }.dropFirst()
                .prefix { $0 != HeaderOctet.closeAngle }
            if !uri.isEmpty, uri.allSatisfy(HeaderOctet.isVisible) {
                self.listPost = String(decoding: uri, as: UTF8.self)
            }
        }
        self.autoSubmitted = Self.keyword(of: fields.first("auto-submitted"))
        self.precedence = Self.keyword(of: fields.first("precedence"))
        self.isFromList = fields.fields.contains { $0.key.hasPrefix("list-") }
        let path = fields.first("return-path")?.value.filter { !HeaderOctet.isBlank($0) }
        self.hasNullReturnPath = path == [HeaderOctet.openAngle, HeaderOctet.closeAngle]
    }

    /// The first word of a value, in lower case.
    private static func keyword(of field: ReceivedField?) -> String? {
        field.map {
            String(decoding: $0.trimmedValue.prefix(while: HeaderOctet.isToken), as: UTF8.self).lowercased()
        }
    }

    private mutating func entries(of fields: some Sequence<ReceivedField>) -> [AddressListEntry] {
        let parser = AddressListParser(mode: .lenient)
        var entries: [AddressListEntry] = []
        for field in fields where !field.trimmedValue.isEmpty {
            guard let read = try? parser.parse(field.trimmedValue),
                entries.count + read.count <= parser.limits.maximumEntries
            else {
                self.addUnreadable(field)
                return []
            }
            entries += read
        }
        return entries.map(Self.decodingNames)
    }

    private mutating func identifiers(of field: ReceivedField?) -> [MessageIdentifier] {
        guard let field, !field.trimmedValue.isEmpty else { return [] }
        let identifiers = MessageIdentifier.list(parsing: field.text)
        if identifiers.isEmpty { self.addUnreadable(field) }
        return identifiers
    }

    private mutating func date(of field: ReceivedField?) -> MailDate? {
        guard let field else { return nil }
        let date = try? MailDate(parsing: field.text)
        if date == nil { self.addUnreadable(field) }
        return date
    }

    private mutating func addUnreadable(_ field: ReceivedField) {
        if !self.unreadableFields.contains(field.name) { self.unreadableFields.append(field.name) }
    }

    /// The entry with its names decoded; its addresses are not looked at.
    private static func decodingNames(_ entry: AddressListEntry) -> AddressListEntry {
        switch entry {
        case .mailbox(let mailbox):
            return .mailbox(Self.decodingName(mailbox))
        case .group(let group):
            let members = group.members.map(Self.decodingName)
            let decoded = try? AddressGroup(name: EncodedWordDecoder.decode(group.name), members: members)
            return .group(decoded ?? group)
        }
    }

    private static func decodingName(_ mailbox: Mailbox) -> Mailbox {
        guard let name = mailbox.displayName else { return mailbox }
        let decoded = try? Mailbox(displayName: EncodedWordDecoder.decode(name), address: mailbox.address)
        return decoded ?? mailbox
    }
}
