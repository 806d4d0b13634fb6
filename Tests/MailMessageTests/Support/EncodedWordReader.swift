import TransferEncoding

/// A reader of encoded-words (RFC 2047 §6), written for the tests alone.
enum EncodedWordReader {
    /// The encoded-words in a text, in order.
    static func words(in text: String) -> [String] {
        text.matches(of: /=\?[^? ]+\?[BbQq]\?[^? ]*\?=/).map { String($0.0) }
    }

    /// What an encoded-word in UTF-8 stands for; nil when it is none, or not well-formed by itself.
    static func decode(word: String) -> String? {
        guard let match = word.wholeMatch(of: /=\?utf-8\?([BQ])\?([^? ]+)\?=/) else { return nil }
        let text = Array(match.2.utf8)
        guard match.1 == "Q" else {
            return Base64.decode(text).flatMap { String(validating: $0, as: UTF8.self) }
        }
        var octets: [UInt8] = []
        var index = 0
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "="):
                guard index + 2 < text.count,
                    let octet = UInt8(String(decoding: text[index + 1...index + 2], as: UTF8.self), radix: 16)
                else { return nil }
                octets.append(octet)
                index += 3
            case UInt8(ascii: "_"):
                octets.append(0x20)
                index += 1
            default:
                octets.append(text[index])
                index += 1
            }
        }
        return String(validating: octets, as: UTF8.self)
    }

    /// The text of an unfolded value: encoded-words decoded, the white space between two of them dropped.
    static func decode(_ value: String) -> String {
        var result = ""
        var rest = value[...]
        var lastWasEncoded = false
        while let match = rest.firstMatch(of: /=\?utf-8\?[BQ]\?[^? ]+\?=/) {
            let between = rest[..<match.range.lowerBound]
            if !(lastWasEncoded && between.allSatisfy { $0 == " " }) { result += between }
            result += decode(word: String(match.0)) ?? "undecodable"
            rest = rest[match.range.upperBound...]
            lastWasEncoded = true
        }
        return result + rest
    }
}
