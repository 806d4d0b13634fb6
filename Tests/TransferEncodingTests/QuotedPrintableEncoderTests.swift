import Testing
import TransferEncoding

@Suite("quoted-printable, rule by rule")
struct QuotedPrintableEncoderTests {
    static func encode(_ pieces: [[UInt8]], isText: Bool) -> [UInt8] {
        var encoder = QuotedPrintableEncoder(isText: isText)
        var output: [UInt8] = []
        for piece in pieces { encoder.encode(piece.span, into: &output) }
        encoder.finish(into: &output)
        return output
    }

    private static func text(_ text: String, isText: Bool = true) -> String {
        String(decoding: Self.encode([Array(text.utf8)], isText: isText), as: UTF8.self)
    }

    private static func x(_ count: Int) -> String { String(repeating: "x", count: count) }

    @Test(
        "R2045-3 what quoted-printable leaves as it is",
        arguments: ["", "a", "a b\tc", "a\r\n", "\r\n\r\n", "a\r\nb"]
    )
    func unchanged(text: String) {
        #expect(Self.text(text) == text)
    }

    @Test(
        "R2045-3 digits are upper case",
        arguments: [
            ("a=b", "a=3Db"), ("ü", "=C3=BC"), ("\u{7F}\u{0}", "=7F=00"), ("\u{1F}", "=1F"),
            ("a\u{B}b", "a=0Bb"),
        ]
    )
    func digits(text: String, expected: String) {
        #expect(Self.text(text) == expected)
        #expect(Self.text(text, isText: false) == expected)
    }

    @Test(
        "R2045-3 white space before a line end is encoded",
        arguments: [
            ("a \r\n", "a=20\r\n"), ("a\t\r\n", "a=09\r\n"), ("a  \n", "a =20\r\n"), (" \r", "=20\r\n"),
            ("a ", "a=20"), ("a\t", "a=09"), (" ", "=20"), (" a", " a"),
        ]
    )
    func whiteSpace(text: String, expected: String) {
        #expect(Self.text(text) == expected)
    }

    @Test(
        "R2045-3 a line end of text is CRLF",
        arguments: [
            ("a\nb", "a\r\nb"), ("a\rb", "a\r\nb"), ("a\r\r\nb", "a\r\n\r\nb"), ("a\n\rb", "a\r\n\r\nb"),
            ("\r", "\r\n"),
        ]
    )
    func lineEnd(text: String, expected: String) {
        #expect(Self.text(text) == expected)
    }

    @Test(
        "R2045-3 CR and LF of binary content are encoded",
        arguments: [
            ("a\r\nb", "a=0D=0Ab"), ("a \r\n", "a =0D=0A"), ("\n", "=0A"), ("a\r", "a=0D"), ("a ", "a=20"),
        ]
    )
    func binary(text: String, expected: String) {
        #expect(Self.text(text, isText: false) == expected)
    }

    @Test(
        "R2045-3 a dot and From at the start of a line are encoded",
        arguments: [
            (".", "=2E"), ("..a", "=2E.a"), ("a\r\n.\r\n", "a\r\n=2E\r\n"), ("a.", "a."),
            ("From me", "=46rom me"), ("a\r\nFrom \r\n", "a\r\n=46rom=20\r\n"), ("From", "From"),
            ("Fromm ", "Fromm=20"),
            (" From me", " From me"), ("from me", "from me"), ("From\tme", "From\tme"),
        ]
    )
    func lineStart(text: String, expected: String) {
        #expect(Self.text(text) == expected)
    }

    @Test(
        "R2045-3 a dot and From behind a soft line break are encoded",
        arguments: [(".y", "=2Ey"), ("From me", "=46rom me"), ("Fro", "Fro"), ("F", "F")]
    )
    func softLineStart(text: String, expected: String) {
        for isText in [false, true] {
            let encoded = Self.text(Self.x(75) + text + Self.x(2), isText: isText)
            #expect(encoded == Self.x(75) + "=\r\n" + expected + Self.x(2))
        }
    }

    @Test(
        "R2045-3 a line has at most 76 octets",
        arguments: [
            (x(76), x(76)), (x(76) + "\r\n", x(76) + "\r\n"), (x(76) + "\n", x(76) + "\r\n"),
            (x(77), x(75) + "=\r\nxx"), (x(75) + " \r\n", x(75) + "=\r\n=20\r\n"),
            (x(75) + " ", x(75) + "=\r\n=20"),
            (x(73) + "=", x(73) + "=3D"), (x(74) + "=", x(74) + "=\r\n=3D"),
            (x(73) + "==", x(73) + "=\r\n=3D=3D"),
            (x(72) + "=x", x(72) + "=3Dx"), (x(74) + " y", x(74) + " y"), (x(74) + " yz", x(74) + " =\r\nyz"),
            (x(75) + ".", x(75) + "."), (x(151), x(75) + "=\r\n" + x(76)),
        ]
    )
    func lineLength(text: String, expected: String) {
        #expect(Self.text(text) == expected)
    }

    @Test("R2045-3 a character of UTF-8 is not split over lines", arguments: ["ü", "€", "😀"], 50...80)
    func character(text: String, column: Int) {
        let encoded = Self.text(Self.x(column) + text + Self.x(20))
        let digits = text.utf8.map { "=" + String($0, radix: 16, uppercase: true) }.joined()
        #expect(encoded.contains(digits))
    }
}
