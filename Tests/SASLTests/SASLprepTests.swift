import OpenSSLCrypto
import SASL
import Testing

@Suite("SASLprep")
struct SASLprepTests {
    /// U+FDD0, which no literal may hold.
    private static let nonCharacter = String(decoding: [0xEF, 0xB7, 0x90] as [UInt8], as: UTF8.self)

    @Test(
        "S-D8.3 R5802-5 what RFC 4013 makes of a text",
        arguments: [
            // RFC 4013 section 3
            ("I\u{AD}X", "IX"), ("user", "user"), ("USER", "USER"), ("\u{AA}", "a"), ("\u{2168}", "IX"),
            // Mapping
            ("a\u{A0}b", "a b"), ("a\u{3000}b", "a b"), ("a\u{200B}b", "a b"), ("a\u{FEFF}\u{200D}b", "ab"),
            // Normalization
            ("u\u{308}", "ü"), ("\u{FB01}", "fi"), ("\u{FF21}", "A"), ("\u{212B}", "\u{C5}"),
            // Directions
            ("\u{627}\u{628}", "\u{627}\u{628}"), ("\u{627}1\u{628}", "\u{627}1\u{628}"),
            ("\u{5D0}", "\u{5D0}"),
            (" ", " "), ("Grüße", "Grüße"), ("日本語", "日本語"),
        ]
    )
    func prepared(text: String, expected: String) throws {
        #expect(try octets(SASLprep.prepare(text, .stored)) == octets(expected))
        #expect(try octets(SASLprep.prepare(text, .query)) == octets(expected))
        #expect(try SASLprep.prepare(Secret(text)) == Secret(expected))
    }

    @Test(
        "S-D8.3 R5802-5 what RFC 4013 does not allow",
        arguments: [
            // RFC 4013 section 3
            "\u{7}", "\u{627}1",
            // Nothing left
            "", "\u{AD}", "\u{FE00}\u{200C}",
            // Prohibited
            "a\0b", "a\u{7F}", "a\u{85}", "a\u{2028}", "a\u{E000}", "a\u{F0000}", "a" + Self.nonCharacter,
            "a\u{FFFD}", "a\u{2FF0}", "a\u{200E}", "a\u{202E}", "a\u{206A}", "a\u{E0001}", "a\u{E0041}",
            "a\u{6DD}",
            "a\u{1D173}",
            // Directions
            "\u{627}a\u{628}", "1\u{627}", "\u{5D0}b", "\u{627}日\u{628}",
        ]
    )
    func refused(text: String) {
        #expect(throws: SASLError.self) { try SASLprep.prepare(text, .stored) }
        #expect(throws: SASLError.self) { try SASLprep.prepare(text, .query) }
    }

    @Test(
        "R5802-5 characters after Unicode 3.2 pass in a query and not in a stored text",
        arguments: ["\u{1F600}", "\u{20BF}", "\u{378}"]
    )
    func unassigned(text: String) throws {
        #expect(try SASLprep.prepare(text, .query) == text)
        #expect(throws: SASLError.self) { try SASLprep.prepare(text, .stored) }
    }

    @Test("every character is prepared or refused, and what is prepared stays as it is")
    func everyCharacter() throws {
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value), value < 0x3_0000 || value >= 0xE_0000 else { continue }
            guard value < 0x2_0000 || value & 0xFF == 0xFE else { continue }
            guard let once = try? SASLprep.prepare(String(scalar), .stored) else { continue }
            #expect(try SASLprep.prepare(once, .stored) == once, "U+\(String(value, radix: 16))")
        }
    }
}
