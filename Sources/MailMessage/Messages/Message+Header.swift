internal import MailAddress

extension Message {
    /// Fields that rendering writes by itself, whatever stands in ``fields``.
    private static let ownedFields: Set<FieldName> = [
        .date, .from, .sender, .replyTo, .to, .cc, .bcc, .messageID, .inReplyTo, .references, .subject,
        .mimeVersion, .contentType, .contentTransferEncoding, .contentDisposition, .contentID,
        .contentDescription, .returnPath, .resentBcc,
    ]

    /// Fields that stand in a message at most once (RFC 5322 section 3.6 and the RFCs of the others).
    private static let singleFields: Set<FieldName> = [
        .importance, .priority, .xPriority, .autoSubmitted, .listID, .listUnsubscribe, .listUnsubscribePost,
        .dispositionNotificationTo, .tlsRequired, .organization, .userAgent,
    ]

    /// The fields of its header but those of MIME, in order.
    ///
    /// - Throws: ``MessageError`` for a field that is missing or stands twice.
    func headerFields() throws(MessageError) -> [HeaderField] {
        guard !self.from.isEmpty else {
            throw MessageError(.missingField, field: "From", detail: "a message has an author")
        }
        guard self.from.count == 1 || self.sender != nil else {
            throw MessageError(
                .missingField,
                field: "Sender",
                detail: "From names \(self.from.count) mailboxes"
            )
        }
        var fields: [HeaderField] = []
        for block in self.resent { fields += try block.fields }
        fields.append(HeaderField(.date, .date(self.date)))
        fields.append(HeaderField(.from, .mailboxes(self.from)))
        if let sender { fields.append(HeaderField(.sender, .mailboxes([sender]))) }
        if !self.replyTo.isEmpty { fields.append(HeaderField(.replyTo, .addresses(self.replyTo))) }
        fields += try self.recipientFields()
        fields.append(HeaderField(.messageID, .messageIDs([self.messageID])))
        if !self.inReplyTo.isEmpty { fields.append(HeaderField(.inReplyTo, .messageIDs(self.inReplyTo))) }
        if !self.references.isEmpty { fields.append(HeaderField(.references, .messageIDs(self.references))) }
        fields.append(HeaderField(.subject, .text(self.subject)))
        fields += self.markFields()
        fields += self.fields
        try Self.checkFields(self.fields, all: fields)
        fields.append(HeaderField(.mimeVersion, .text("1.0")))
        return fields
    }

    private func recipientFields() throws(MessageError) -> [HeaderField] {
        guard !self.to.isEmpty || !self.cc.isEmpty else {
            do throws(AddressError) {
                // A message that names nobody looks broken to many filters.
                let group = try AddressGroup(name: "undisclosed-recipients", members: [])
                return [HeaderField(.to, .addresses([.group(group)]))]
            } catch {
                throw MessageError(.invalidFieldValue, field: "To", detail: error.description)
            }
        }
        var fields: [HeaderField] = []
        if !self.to.isEmpty { fields.append(HeaderField(.to, .addresses(self.to))) }
        if !self.cc.isEmpty { fields.append(HeaderField(.cc, .addresses(self.cc))) }
        return fields
    }

    /// The fields of what marks it: urgency, lists, receipts.
    func markFields() -> [HeaderField] {
        var fields = self.priority?.fields ?? []
        if let autoSubmitted { fields.append(HeaderField(.autoSubmitted, .text(autoSubmitted.rawValue))) }
        if !self.readReceiptTo.isEmpty {
            fields.append(HeaderField(.dispositionNotificationTo, .mailboxes(self.readReceiptTo)))
        }
        if let listID { fields.append(HeaderField(.listID, .identifier(phrase: listID.name, id: listID.id))) }
        fields += self.listUnsubscribe?.fields ?? []
        if self.allowsRelayWithoutTLS { fields.append(HeaderField(.tlsRequired, .text("No"))) }
        return fields
    }

    private static func checkFields(_ given: HeaderFields, all: [HeaderField]) throws(MessageError) {
        for field in given where Self.ownedFields.contains(field.name) {
            throw MessageError(
                .duplicateField,
                field: field.name.description,
                detail: "it is written from the properties of the message"
            )
        }
        var seen: Set<FieldName> = []
        for field in all where Self.singleFields.contains(field.name) {
            guard seen.insert(field.name).inserted else {
                throw MessageError(
                    .duplicateField,
                    field: field.name.description,
                    detail: "it may stand in a message once"
                )
            }
        }
    }

    /// Throws where a field of the outermost part, which stands in the header of the message, belongs to the
    /// message.
    static func checkPartFields(
        _ partFields: [HeaderField],
        behind fields: [HeaderField]
    ) throws(MessageError) {
        for name in partFields.map(\.name) where !name.key.hasPrefix("content-") {
            guard !Self.ownedFields.contains(name),
                !Self.singleFields.contains(name) || !fields.contains(where: { $0.name == name })
            else {
                throw MessageError(
                    .duplicateField,
                    field: name.description,
                    detail: "a part has it, but it belongs to the message"
                )
            }
        }
    }

    /// Whether an address that its header names can only be written in UTF-8.
    var needsUTF8Header: Bool {
        let blocks = self.resent.flatMap {
            $0.from + [$0.sender].compactMap(\.self) + ($0.to + $0.cc).flatMap(\.mailboxes)
        }
        let mailboxes =
            self.from + [self.sender].compactMap(\.self) + self.readReceiptTo
            + (self.replyTo + self.to + self.cc).flatMap(\.mailboxes) + blocks
        return mailboxes.contains { $0.address.needsSMTPUTF8 } || self.fields.contains { $0.value.needsUTF8 }
    }
}
