/// Text from a peer made safe to print and to log.
public enum PrintableText {
    /// Octets as text: UTF-8 where they are valid UTF-8, otherwise Latin-1, so that nothing is lost or
    /// refused.
    package static func decode(_ bytes: some Collection<UInt8>) -> String {
        String(validating: bytes, as: UTF8.self)
            ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }

    /// Octets decoded, every control and bidirectional formatting character escaped, cut at `limit`
    /// characters.
    package static func escape(_ bytes: some Collection<UInt8>, limit: Int = 512) -> String {
        self.escape(self.decode(bytes), limit: limit)
    }

    /// Text with every control and bidirectional formatting character escaped, cut at `limit` characters.
    public static func escape(_ text: String, limit: Int = 512) -> String {
        var result = ""
        var count = 0
        for scalar in text.unicodeScalars {
            guard count < limit else { return result + "…" }
            count += 1
            switch scalar.value {
            case 0x0A: result += "\\n"
            case 0x0D: result += "\\r"
            case 0x00...0x1F, 0x7F...0x9F, 0x061C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x2069, 0xFEFF:
                result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            default:
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
