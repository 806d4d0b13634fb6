/// The rules which mailbox names and group names share.
enum DisplayName {
    /// Throws when `name` holds a control character or a line separator.
    static func requirePrintable(_ name: String) throws(AddressError) {
        guard let index = ForbiddenCharacters.firstIndex(in: name.utf8) else { return }
        throw AddressError(
            .controlCharacter,
            position: index,
            byte: name.utf8.dropFirst(index).first,
            input: name
        )
    }

    /// The name as it is when it consists of atoms with single spaces between them, else as a quoted string.
    static func quotedWhereNeeded(_ name: String) -> String {
        let words = name.utf8.split(separator: .space, omittingEmptySubsequences: false)
        let isPhrase = words.allSatisfy { word in !word.isEmpty && word.allSatisfy(\.isAtomText) }
        guard !isPhrase else { return name }
        var quoted: [UInt8] = [.quote]
        for byte in name.utf8 {
            if byte == .quote || byte == .backslash {
                quoted.append(.backslash)
            }
            quoted.append(byte)
        }
        quoted.append(.quote)
        return String(decoding: quoted, as: UTF8.self)
    }
}
