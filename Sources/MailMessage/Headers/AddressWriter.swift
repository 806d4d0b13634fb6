internal import MailAddress

/// The writer of address lists (RFC 5322 §3.4).
///
/// It folds between the tokens of the list. Commas, colons, semicolons, angle brackets and addresses are
/// written by it alone and never encoded, so no name can become, swallow or divide an address.
struct AddressWriter {
    let field: FieldName
    let allowsUTF8: Bool

    /// Writes a list.
    ///
    /// - Throws: ``MessageError`` when the list is empty and may not be, has a group where none may stand, or
    ///   an address that needs SMTPUTF8 where that is not allowed.
    func write(_ entries: [AddressListEntry], to folder: inout FieldFolder) throws(MessageError) {
        guard !entries.isEmpty || field.mayBeEmpty else {
            throw MessageError(.invalidFieldValue, field: field.description)
        }
        for (index, entry) in entries.enumerated() {
            let mark = index == entries.count - 1 ? [] : [HeaderOctet.comma]
            switch entry {
            case .mailbox(let mailbox):
                try write(mailbox, mark: mark, to: &folder)
            case .group(let group):
                try write(group, mark: mark, to: &folder)
            }
        }
    }

    private func write(
        _ group: AddressGroup,
        mark: [UInt8],
        to folder: inout FieldFolder
    ) throws(MessageError) {
        guard field.takesGroups else {
            throw MessageError(.invalidFieldValue, field: field.description, detail: group.description)
        }
        let end = [HeaderOctet.semicolon] + mark
        let phrases = PhraseWriter(field: field, allowsUTF8: allowsUTF8)
        guard let last = group.members.last else {
            try phrases.write(group.name, mark: [HeaderOctet.colon] + end, to: &folder)
            return
        }
        try phrases.write(group.name, mark: [HeaderOctet.colon], to: &folder)
        for member in group.members.dropLast() {
            try write(member, mark: [HeaderOctet.comma], to: &folder)
        }
        try write(last, mark: end, to: &folder)
    }

    private func write(
        _ mailbox: Mailbox,
        mark: [UInt8],
        to folder: inout FieldFolder
    ) throws(MessageError) {
        let address = Array(try text(of: mailbox.address).utf8)
        guard let name = mailbox.displayName else {
            try folder.append(address + mark)
            return
        }
        try PhraseWriter(field: field, allowsUTF8: allowsUTF8).write(name, to: &folder)
        try folder.append([HeaderOctet.openAngle] + address + [HeaderOctet.closeAngle] + mark)
    }

    private func text(of address: EmailAddress) throws(MessageError) -> String {
        guard address.needsSMTPUTF8 else { return address.wireForm }
        guard allowsUTF8 else {
            throw MessageError(.needsSMTPUTF8, field: field.description, detail: address.unicodeForm)
        }
        return address.unicodeForm
    }
}
