/// A local part in both its forms: what it means, and how it is written.
struct LocalPart {
    /// The text with quotes and escapes taken away.
    let semantic: String

    /// The text as RFC 5321 §4.1.2 writes it, quoted only where it is no dot-string.
    let wire: String

    let isASCII: Bool

    /// Takes a text that is known to hold no forbidden character.
    init(semantic bytes: [UInt8]) {
        semantic = String(decoding: bytes, as: UTF8.self)
        isASCII = bytes.allSatisfy(\.isASCII)
        wire = Self.isDotString(bytes) ? semantic : Self.quoted(bytes)
    }

    private static func isDotString(_ bytes: [UInt8]) -> Bool {
        var needsText = true
        for byte in bytes {
            if byte == .dot {
                if needsText { return false }
                needsText = true
            } else if byte.isAtomText {
                needsText = false
            } else {
                return false
            }
        }
        return !needsText
    }

    private static func quoted(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = [.quote]
        result.reserveCapacity(bytes.count + 2)
        for byte in bytes {
            if byte == .quote || byte == .backslash {
                result.append(.backslash)
            }
            result.append(byte)
        }
        result.append(.quote)
        return String(decoding: result, as: UTF8.self)
    }
}
