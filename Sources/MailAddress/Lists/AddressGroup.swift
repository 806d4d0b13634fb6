/// A named group of mailboxes, as it stands in a header field (RFC 5322 §3.4).
///
/// Groups do not nest. They belong in To, Cc, Bcc and Reply-To, and since RFC 6854 in From and Sender.
public struct AddressGroup: Sendable, Hashable {
    /// The name, without quotes and escapes.
    public let name: String

    /// The members in order; there may be none, as in `undisclosed-recipients:;`.
    public let members: [Mailbox]

    /// Makes a group.
    ///
    /// - Parameters:
    ///   - name: The name as people read it.
    ///   - members: The members in order.
    /// - Throws: ``AddressError`` when the name is empty or holds a control character or a line separator.
    public init(name: String, members: [Mailbox]) throws(AddressError) {
        guard !name.isEmpty else { throw AddressError(.empty, position: 0, byte: nil, input: name) }
        try DisplayName.requirePrintable(name)
        self.init(uncheckedName: name, members: members)
    }

    /// Takes a name that is known to hold no control characters.
    init(uncheckedName: String, members: [Mailbox]) {
        name = uncheckedName
        self.members = members
    }
}

extension AddressGroup: CustomStringConvertible {
    /// The group as `name: member, member;`.
    ///
    /// For people: a header field needs the encodings of RFC 2047 besides.
    public var description: String {
        let list = members.map(\.description).joined(separator: ", ")
        return DisplayName.quotedWhereNeeded(name) + (list.isEmpty ? ":;" : ": \(list);")
    }
}
