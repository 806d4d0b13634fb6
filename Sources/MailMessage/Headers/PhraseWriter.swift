internal import MailAddress

/// The writer of phrases: display names, names of groups and lists, keywords (RFC 5322 §3.2.5).
///
/// A phrase of plain atoms is written as such, another of ASCII as a quoted-string, and what neither can hold
/// as encoded-words, never between quotes (RFC 2047 §5).
struct PhraseWriter {
    /// The longest quoted-string or atom that is written as one.
    private static let maximumToken = FieldFolder.softLimit - 4

    let field: FieldName
    let allowsUTF8: Bool

    /// Writes a phrase, and behind it a mark such as `:`.
    ///
    /// - Throws: ``MessageError`` when the phrase is empty, or holds a control character or a line end.
    func write(_ phrase: String, mark: [UInt8] = [], to folder: inout FieldFolder) throws(MessageError) {
        let octets = Array(phrase.utf8)
        guard !octets.isEmpty else { throw MessageError(.invalidFieldValue, field: field.description) }
        guard ForbiddenCharacters.firstIndex(in: octets) == nil else {
            throw MessageError(.controlCharacter, field: field.description, detail: phrase)
        }
        if let tokens = plainTokens(octets) {
            for (index, token) in tokens.enumerated() {
                try folder.append(index == tokens.count - 1 ? token + mark : token)
            }
        } else {
            try EncodedWords(place: .phrase).write(octets, behind: [HeaderOctet.space], to: &folder)
            // An encoded-word is kept apart from what follows it (RFC 2047 §5 rule 3).
            if !mark.isEmpty { try folder.append(mark) }
        }
    }

    /// Writes phrases with commas between them.
    ///
    /// - Throws: ``MessageError`` when there is none, or one is refused.
    func write(list phrases: [String], to folder: inout FieldFolder) throws(MessageError) {
        guard let last = phrases.last else {
            throw MessageError(.invalidFieldValue, field: field.description)
        }
        for phrase in phrases.dropLast() {
            try write(phrase, mark: [HeaderOctet.comma], to: &folder)
        }
        try write(last, to: &folder)
    }

    /// The atoms of the phrase, or a quoted-string; nil when it can be neither.
    private func plainTokens(_ phrase: [UInt8]) -> [[UInt8]]? {
        guard allowsUTF8 || phrase.allSatisfy({ $0 < 0x80 }), !HeaderOctet.hasEncodedWordStart(phrase),
            !HeaderOctet.isBlank(phrase.first ?? HeaderOctet.space),
            !HeaderOctet.isBlank(phrase.last ?? HeaderOctet.space),
            // White space outside ASCII alone is no phrase to some readers.
            !String(decoding: phrase, as: UTF8.self).unicodeScalars.allSatisfy(\.properties.isWhitespace)
        else { return nil }
        let atoms = phrase.split(separator: HeaderOctet.space, omittingEmptySubsequences: false)
        if atoms.allSatisfy({ !$0.isEmpty && $0.allSatisfy(HeaderOctet.isAtom) }) {
            return atoms.allSatisfy { $0.count <= Self.maximumToken } ? atoms.map(Array.init) : nil
        }
        var quoted = [HeaderOctet.quote]
        for octet in phrase {
            if octet == HeaderOctet.quote || octet == HeaderOctet.backslash {
                quoted.append(HeaderOctet.backslash)
            }
            quoted.append(octet)
        }
        quoted.append(HeaderOctet.quote)
        return quoted.count <= Self.maximumToken ? [quoted] : nil
    }
}
