internal import MailAddress

/// The writer of text in a header field (RFC 5322 §2.2.1, RFC 2047 §5 rule 1).
///
/// Words of ASCII stay as they are. Encoded-words stand for what must not: words outside ASCII, words in which
/// an encoded-word could be seen, words longer than a line, tabs, and spaces that would not survive folding or
/// a tidy reader: those at either end, and long runs.
struct UnstructuredText {
    /// A word and the white space before it.
    private struct Word {
        var space: ArraySlice<UInt8>
        var octets: ArraySlice<UInt8>
        var isEncoded: Bool
    }

    /// The longest run of spaces that is left for folding.
    private static let maximumRun = 32

    let field: FieldName
    let allowsUTF8: Bool

    /// Throws when the text holds a control character or a line end; tabs are none here.
    static func requirePrintable(_ text: String, field: FieldName) throws(MessageError) {
        let forbidden = ForbiddenCharacters.firstIndex(in: text.utf8) { $0 == HeaderOctet.tab }
        guard forbidden == nil else {
            throw MessageError(.controlCharacter, field: field.description, detail: text)
        }
    }

    /// Writes text.
    ///
    /// - Throws: ``MessageError`` when it holds a control character or a line end, or when the field is one
    ///   in which encoded-words may not stand and the text needs them.
    func write(_ text: String, to folder: inout FieldFolder) throws(MessageError) {
        try Self.requirePrintable(text, field: field)
        let words = words(of: Array(text.utf8))
        guard !field.isStructured || !words.contains(where: \.isEncoded) else {
            throw MessageError(.invalidFieldValue, field: field.description, detail: text)
        }
        var index = 0
        while index < words.count {
            let word = words[index]
            // The space before the first word is that behind the colon.
            let space = index == 0 ? [HeaderOctet.space] : word.space
            guard word.isEncoded else {
                try folder.append(word.octets, behind: space)
                index += 1
                continue
            }
            var encoded = index == 0 ? word.space + word.octets : word.octets
            index += 1
            while index < words.count, words[index].isEncoded {
                encoded += words[index].space + words[index].octets
                index += 1
            }
            try EncodedWords(place: .text).write(encoded, behind: space, to: &folder)
        }
    }

    /// The words of the text in order; only the first and the last can be empty, and then they are encoded,
    /// because of the spaces that stand there.
    private func words(of text: [UInt8]) -> [Word] {
        guard !text.isEmpty else { return [] }
        var words: [Word] = []
        var rest = text[...]
        while !rest.isEmpty {
            let space = rest.prefix(while: HeaderOctet.isBlank)
            let octets = rest.dropFirst(space.count).prefix { !HeaderOctet.isBlank($0) }
            rest = rest.dropFirst(space.count + octets.count)
            let isTooLong = max(space.count, 1) + octets.count > FieldFolder.hardLimit
            var word = Word(space: space, octets: octets, isEncoded: isTooLong || mustEncode(octets))
            let isAtEdge = words.isEmpty ? !space.isEmpty : octets.isEmpty
            if isAtEdge || space.count > Self.maximumRun || space.contains(HeaderOctet.tab) {
                word.isEncoded = true
                if let last = words.indices.last { words[last].isEncoded = true }
            }
            words.append(word)
        }
        return words
    }

    private func mustEncode(_ word: ArraySlice<UInt8>) -> Bool {
        if HeaderOctet.hasEncodedWordStart(word) { return true }
        guard word.contains(where: { $0 >= 0x80 }) else { return false }
        // Some readers drop any kind of space between two encoded-words, a no-break space too.
        return !allowsUTF8
            || String(decoding: word, as: UTF8.self).unicodeScalars.allSatisfy(\.properties.isWhitespace)
    }
}
