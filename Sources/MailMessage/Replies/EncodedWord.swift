internal import TransferEncoding

/// An encoded-word that was read (RFC 2047 §2).
struct EncodedWord: Sendable, Hashable {
    /// The character set of the octets.
    let charset: EncodedWordCharset
    /// The octets that it stands for.
    let octets: [UInt8]

    /// The encoded-words that the octets consist of, one after the other; nil when anything else is in them, or a
    /// character set that is not known.
    static func words(in octets: ArraySlice<UInt8>) -> [EncodedWord]? {
        var words: [EncodedWord] = []
        var rest = octets
        repeat {
            guard let word = Self.read(&rest) else { return nil }
            words.append(word)
        } while !rest.isEmpty
        return words
    }

    private static func read(_ rest: inout ArraySlice<UInt8>) -> EncodedWord? {
        let mark = UInt8(ascii: "?")
        guard rest.popFirst() == UInt8(ascii: "=") else { return nil }
        guard rest.popFirst() == mark else { return nil }
        guard let charset = EncodedWordCharset(Self.readItem(&rest)) else { return nil }
        let encoding = Self.readItem(&rest)
        let text = Self.readItem(&rest)
        guard rest.popFirst() == UInt8(ascii: "="), encoding.count == 1 else { return nil }
        let octets: [UInt8]? =
            switch encoding.first {
            case UInt8(ascii: "B"), UInt8(ascii: "b"): Base64.decode(text)
            case UInt8(ascii: "Q"), UInt8(ascii: "q"): Self.decodeQuoted(text)
            default: nil
            }
        return octets.map { EncodedWord(charset: charset, octets: $0) }
    }

    /// The octets up to a question mark, which is skipped.
    private static func readItem(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let item = rest.prefix { $0 != UInt8(ascii: "?") }
        rest = rest.dropFirst(item.count + 1)
        return item
    }

    private static func decodeQuoted(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var octets: [UInt8] = []
        var rest = text
        while let octet = rest.popFirst() {
            switch octet {
            case UInt8(ascii: "_"):
                octets.append(HeaderOctet.space)
            case UInt8(ascii: "="):
                guard let high = rest.popFirst().flatMap(Self.digit),
                    let low = rest.popFirst().flatMap(Self.digit)
                else { return nil }
                octets.append(high << 4 | low)
            default:
                guard HeaderOctet.isVisible(octet) else { return nil }
                octets.append(octet)
            }
        }
        return octets
    }

    private static func digit(_ octet: UInt8) -> UInt8? {
        if HeaderOctet.isDigit(octet) { return octet - UInt8(ascii: "0") }
        let folded = octet | 0x20
        return folded >= UInt8(ascii: "a") && folded <= UInt8(ascii: "f")
            ? folded - UInt8(ascii: "a") + 10 : nil
    }
}
