extension Message {
    /// Names of the fields that its properties write, and of those in ``fields``.
    package var presentFields: Set<FieldName> {
        var names = Set(self.fields.map(\.name))
        names.formUnion([.date, .from, .to, .messageID, .subject, .mimeVersion])
        names.formUnion(self.markFields().map(\.name))
        if self.sender != nil { names.insert(.sender) }
        if !self.replyTo.isEmpty { names.insert(.replyTo) }
        if !self.cc.isEmpty { names.insert(.cc) }
        if !self.inReplyTo.isEmpty { names.insert(.inReplyTo) }
        if !self.references.isEmpty { names.insert(.references) }
        return names
    }
}
