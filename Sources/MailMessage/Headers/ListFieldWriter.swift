/// The writer of the fields of mailing lists (RFC 2369, RFC 2919).
struct ListFieldWriter {
    /// The greatest length of a list identifier in octets (RFC 2919 §4).
    static let maximumIdentifierLength = 255

    let field: FieldName
    let allowsUTF8: Bool

    /// Writes the identifier of a list, behind the phrase where there is one.
    ///
    /// - Throws: ``MessageError`` when the identifier is not two or more atoms with dots between them, or
    ///   longer than 255 octets, or when the phrase is refused.
    func write(phrase: String?, id: String, to folder: inout FieldFolder) throws(MessageError) {
        guard id.utf8.count <= Self.maximumIdentifierLength, HeaderOctet.isDotAtom(id.utf8),
            id.utf8.contains(HeaderOctet.dot)
        else { throw MessageError(.invalidFieldValue, field: field.description, detail: id) }
        if let phrase, !phrase.isEmpty {
            try PhraseWriter(field: field, allowsUTF8: allowsUTF8).write(phrase, to: &folder)
        }
        try folder.append([HeaderOctet.openAngle] + Array(id.utf8) + [HeaderOctet.closeAngle])
    }

    /// Writes URIs, each in angle brackets, with commas between them.
    ///
    /// - Throws: ``MessageError`` when there is none, or one is refused: see ``requireURI(_:)``.
    func write(uris: [String], to folder: inout FieldFolder) throws(MessageError) {
        guard !uris.isEmpty else { throw MessageError(.invalidFieldValue, field: field.description) }
        for (index, uri) in uris.enumerated() {
            try requireURI(uri)
            let mark = index == uris.count - 1 ? [] : [HeaderOctet.comma]
            try folder.append([HeaderOctet.openAngle] + Array(uri.utf8) + [HeaderOctet.closeAngle] + mark)
        }
    }

    /// Throws unless the text is visible ASCII without angle brackets, quotes and backslashes, and begins with
    /// a scheme (RFC 3986 §3.1).
    private func requireURI(_ text: String) throws(MessageError) {
        let scheme = text.utf8.prefix { $0 != HeaderOctet.colon }
        guard text.utf8.allSatisfy({ HeaderOctet.isVisible($0) && !"<>\"\\".utf8.contains($0) }),
            text.utf8.count > scheme.count + 1, scheme.first.map(HeaderOctet.isLetter) == true,
            scheme.allSatisfy({
                HeaderOctet.isLetter($0) || HeaderOctet.isDigit($0) || "+-.".utf8.contains($0)
            })
        else { throw MessageError(.invalidURI, field: field.description, detail: text) }
    }
}
