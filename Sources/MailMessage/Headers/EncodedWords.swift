internal import TransferEncoding

/// Encoded-words (RFC 2047): text outside ASCII in a header of ASCII.
///
/// All are in UTF-8, and in whichever of the two encodings is shorter. Each holds whole characters (Unicode
/// scalar values) and is at most 75 octets long. White space between two encoded-words vanishes when they are
/// read, so the spaces of the text are inside them.
struct EncodedWords {
    /// Where the words stand, which decides what the Q encoding may leave as it is (RFC 2047 §5).
    enum Place: Sendable {
        /// Unstructured text (rule 1).
        case text
        /// A word of a phrase, such as a display name (rule 3).
        case phrase
    }

    private enum Encoding {
        case base64, quoted
    }

    /// The greatest length of an encoded-word in octets.
    static let maximumLength = 75

    /// A word shorter than this is not begun at the end of a line.
    private static let usefulLength = 28

    private static let prefixes: (base64: [UInt8], quoted: [UInt8]) = (
        Array("=?utf-8?B?".utf8), Array("=?utf-8?Q?".utf8)
    )
    private static let suffix = Array("?=".utf8)
    private static let overhead = 12

    let place: Place

    /// Writes text as encoded-words.
    ///
    /// - Parameters:
    ///   - text: UTF-8, not empty.
    ///   - space: The white space before the first word, which is not part of the text.
    ///   - folder: The field.
    func write(
        _ text: some Collection<UInt8>,
        behind space: some Collection<UInt8>,
        to folder: inout FieldFolder
    ) throws(MessageError) {
        let text = Array(text)
        let encoding: Encoding =
            4 * ((text.count + 2) / 3) < text.reduce(0) { $0 + quotedLength($1) } ? .base64 : .quoted
        var rest = text[...]
        var space = Array(space)
        while !rest.isEmpty {
            let room = folder.room(behind: space.count, limit: FieldFolder.encodedWordLimit)
            let length = min(room, Self.maximumLength)
            var count = count(of: rest, fitting: length, encoding)
            if count < rest.count {
                let whole = min(FieldFolder.encodedWordLimit - space.count, Self.maximumLength)
                let countOfWhole = self.count(of: rest, fitting: whole, encoding)
                // Some readers show a space between two words of a name, so one that fits a line is one word.
                if length < Self.usefulLength || (place == .phrase && countOfWhole == rest.count) {
                    count = countOfWhole
                }
            }
            let word = encode(rest.prefix(count), encoding)
            try folder.append(word, behind: space, isEncodedWord: true)
            rest = rest.dropFirst(count)
            space = [HeaderOctet.space]
        }
    }

    /// How many octets of text, whole characters only, fit into an encoded-word of `length` octets; the length
    /// of the first character at least.
    private func count(of text: ArraySlice<UInt8>, fitting length: Int, _ encoding: Encoding) -> Int {
        let room = length - Self.overhead
        var count = 0
        var quoted = 0
        var fitting = 0
        while true {
            let next = text.startIndex + count
            let isBoundary = next == text.endIndex || text[next] & 0xC0 != 0x80
            if isBoundary, count > 0 {
                let needed = encoding == .base64 ? 4 * ((count + 2) / 3) : quoted
                guard needed <= room || fitting == 0 else { return fitting }
                fitting = count
            }
            guard next < text.endIndex else { return fitting }
            quoted += quotedLength(text[next])
            count += 1
        }
    }

    private func encode(_ text: ArraySlice<UInt8>, _ encoding: Encoding) -> [UInt8] {
        switch encoding {
        case .base64:
            return Self.prefixes.base64 + Array(Base64.encode(Array(text)).utf8) + Self.suffix
        case .quoted:
            var word = Self.prefixes.quoted
            for octet in text {
                if octet == HeaderOctet.space {
                    word.append(UInt8(ascii: "_"))
                } else if isPlain(octet) {
                    word.append(octet)
                } else {
                    word += HeaderOctet.hexadecimal(octet, behind: UInt8(ascii: "="))
                }
            }
            return word + Self.suffix
        }
    }

    private func quotedLength(_ octet: UInt8) -> Int {
        octet == HeaderOctet.space || isPlain(octet) ? 1 : 3
    }

    /// Whether the Q encoding leaves the octet as it is.
    private func isPlain(_ octet: UInt8) -> Bool {
        switch place {
        case .text:
            HeaderOctet.isVisible(octet) && !"=?_".utf8.contains(octet)
        case .phrase:
            HeaderOctet.isLetter(octet) || HeaderOctet.isDigit(octet) || "!*+-/".utf8.contains(octet)
        }
    }
}
