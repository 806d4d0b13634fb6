/// One entry of an address list: a mailbox or a group (the `address` of RFC 5322 §3.4).
public enum AddressListEntry: Sendable, Hashable {
    /// A single mailbox.
    case mailbox(Mailbox)
    /// A named group of mailboxes.
    case group(AddressGroup)

    /// The mailbox, or the members of the group.
    public var mailboxes: [Mailbox] {
        switch self {
        case .mailbox(let mailbox): [mailbox]
        case .group(let group): group.members
        }
    }
}

extension AddressListEntry: CustomStringConvertible {
    /// The description of the mailbox or of the group.
    public var description: String {
        switch self {
        case .mailbox(let mailbox): mailbox.description
        case .group(let group): group.description
        }
    }
}
