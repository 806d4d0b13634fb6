/// Text a peer controls, made safe to print.
enum PeerText {
    /// Octets as text: UTF-8 where they are valid UTF-8, otherwise Latin-1; escaped and cut.
    static func escape(_ octets: some Collection<UInt8>, limit: Int = 128) -> String {
        let start = octets.prefix(limit * 4)
        return self.escape(
            String(validating: start, as: UTF8.self)
                ?? String(String.UnicodeScalarView(start.map { Unicode.Scalar($0) })),
            limit: limit
        )
    }

    /// Text with control and bidirectional formatting characters escaped, cut at `limit` characters.
    static func escape(_ text: String, limit: Int = 128) -> String {
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
