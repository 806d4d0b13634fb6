internal import AsyncSMTP

/// Addresses as options give them.
enum AddressOptions {
    /// The entries of address lists.
    ///
    /// - Throws: ``ToolError`` with ``ExitStatus/unusableData``.
    static func entries(_ lists: [String], option: String) throws(ToolError) -> [AddressListEntry] {
        var entries: [AddressListEntry] = []
        for list in lists {
            do throws(AddressError) {
                entries += try AddressListParser().parse(list)
            } catch {
                throw ToolError(.unusableData, "\(option): \(error)")
            }
        }
        return entries
    }

    /// The mailboxes of address lists.
    ///
    /// - Throws: As ``entries(_:option:)``.
    static func mailboxes(_ lists: [String], option: String) throws(ToolError) -> [Mailbox] {
        try Self.entries(lists, option: option).flatMap(\.mailboxes)
    }

    /// The recipients of address lists; `Postmaster` without a domain is the server's own.
    ///
    /// - Throws: As ``entries(_:option:)``.
    static func recipients(_ lists: [String], option: String) throws(ToolError) -> [ForwardPath] {
        var paths: [ForwardPath] = []
        for list in lists {
            guard list.lowercased() != "postmaster" else {
                paths.append(.postmaster)
                continue
            }
            paths += try Self.mailboxes([list], option: option).map { .mailbox($0.address) }
        }
        return paths
    }

    /// The sender of an envelope; nil where there is no option.
    ///
    /// - Throws: ``ToolError`` with ``ExitStatus/usage`` for more than one, and as ``entries(_:option:)``.
    static func sender(_ lists: [String]) throws(ToolError) -> ReversePath? {
        guard !lists.isEmpty else { return nil }
        guard lists != ["<>"] else { return .null }
        let senders = try Self.mailboxes(lists, option: "--from")
        guard senders.count == 1, let sender = senders.first else {
            throw ToolError(.usage, "--from takes one address here: an envelope has one sender")
        }
        return .mailbox(sender.address)
    }
}
