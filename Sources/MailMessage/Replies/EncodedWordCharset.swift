/// The character sets in which encoded-words are read.
enum EncodedWordCharset: Sendable, Hashable {
    case utf8
    case ascii
    case latin1
    case windows1252

    /// What windows-1252 has in place of the controls 0x80-0x9F; 0xFFFD where it has nothing.
    private static let windows1252Controls: [UInt16] = [
        0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
        0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD,
        0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
        0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178,
    ]

    private static let replacement: Unicode.Scalar = "\u{FFFD}"

    /// The character set of a name, whatever its case; nil for one that is not known here.
    ///
    /// A language behind an asterisk is ignored (RFC 2231 §5).
    init?(_ name: some Collection<UInt8>) {
        switch String(decoding: name.prefix { $0 != UInt8(ascii: "*") }, as: UTF8.self).lowercased() {
        case "utf-8", "utf8": self = .utf8
        case "us-ascii", "ascii": self = .ascii
        case "iso-8859-1", "latin1": self = .latin1
        case "windows-1252", "cp1252": self = .windows1252
        default: return nil
        }
    }

    /// The text that the octets stand for; U+FFFD where they stand for none.
    func scalars(_ octets: [UInt8]) -> [Unicode.Scalar] {
        switch self {
        case .utf8: Array(String(decoding: octets, as: UTF8.self).unicodeScalars)
        case .ascii: octets.map { $0 < 0x80 ? Unicode.Scalar($0) : Self.replacement }
        case .latin1: octets.map { Unicode.Scalar($0) }
        case .windows1252: octets.map(Self.windows1252)
        }
    }

    private static func windows1252(_ octet: UInt8) -> Unicode.Scalar {
        guard octet >= 0x80, octet < 0xA0 else { return Unicode.Scalar(octet) }
        return Unicode.Scalar(Self.windows1252Controls[Int(octet) - 0x80]) ?? Self.replacement
    }
}
