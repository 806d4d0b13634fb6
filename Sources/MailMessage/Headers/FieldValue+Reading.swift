public import MailAddress

extension FieldValue {
    /// The text of a value made by ``text(_:)``, else nil.
    public var text: String? {
        guard case .text(let text) = content else { return nil }
        return text
    }

    /// The mailboxes of a list of addresses in order, those of groups among them; empty for other values.
    public var mailboxes: [Mailbox] {
        guard case .addresses(let entries) = content else { return [] }
        return entries.flatMap(\.mailboxes)
    }

    /// The entries of a list of addresses in order; empty for other values.
    public var addressListEntries: [AddressListEntry] {
        guard case .addresses(let entries) = content else { return [] }
        return entries
    }
}
