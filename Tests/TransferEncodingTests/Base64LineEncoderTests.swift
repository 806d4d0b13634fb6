import Testing
import TransferEncoding

@Suite("base64 in lines")
struct Base64LineEncoderTests {
    private static func encode(_ pieces: [[UInt8]]) -> [UInt8] {
        var encoder = Base64LineEncoder()
        var output: [UInt8] = []
        for piece in pieces { encoder.encode(piece.span, into: &output) }
        encoder.finish(into: &output)
        return output
    }

    /// The plain text of octets, cut into lines.
    private static func plain(_ octets: [UInt8]) -> [UInt8] {
        let text = PlainBase64.encode(octets)
        return stride(from: 0, to: text.count, by: 76).flatMap { start in
            text[start..<min(start + 76, text.count)] + [0x0D, 0x0A]
        }
    }

    @Test(
        "R2045-3 base64 of a few octets",
        arguments: [
            ("", ""), ("f", "Zg==\r\n"), ("fo", "Zm8=\r\n"), ("foo", "Zm9v\r\n"), ("foob", "Zm9vYg==\r\n"),
        ]
    )
    func few(text: String, expected: String) {
        #expect(String(decoding: Self.encode([Array(text.utf8)]), as: UTF8.self) == expected)
    }

    @Test(
        "R2045-3 a base64 line has 76 symbols, the last one no more",
        arguments: [56, 57, 58, 113, 114, 115]
    )
    func lineLength(count: Int) {
        let output = Self.encode([[UInt8](repeating: 0xA5, count: count)])
        #expect(output.suffix(2) == [0x0D, 0x0A])
        let lines = output.split(separator: 0x0D).map { $0.count - ($0.first == 0x0A ? 1 : 0) }.filter {
            $0 > 0
        }
        #expect(lines.count == (count + 56) / 57)
        #expect(lines.dropLast().allSatisfy { $0 == 76 })
        #expect(lines.last == (count % 57 == 0 ? 76 : (count % 57 + 2) / 3 * 4))
    }

    @Test("R2045-3 base64 of every length is that of the plain encoder")
    func everyLength() {
        var random = TestOctets(seed: 1)
        for count in 0...400 {
            let octets = random.octets(count)
            let output = Self.encode([octets])
            #expect(output == Self.plain(octets))
            #expect(PlainBase64.decode(output.filter { $0 != 0x0D && $0 != 0x0A }) == octets)
            #expect(Base64LineEncoder.encodedLength(of: UInt64(count)) == UInt64(output.count))
        }
    }

    @Test("R2045-3 base64 does not depend on the pieces", arguments: [1, 5, 57, 130, 240])
    func pieces(count: Int) {
        var random = TestOctets(seed: UInt64(count))
        let octets = random.octets(count)
        let expected = Self.plain(octets)
        for pieces in Pieces.splits(of: octets) { #expect(Self.encode(pieces) == expected) }
    }

    @Test("R2045-3 an encoder that has finished begins a new body")
    func again() {
        var encoder = Base64LineEncoder()
        for text in ["ab", "abcd", ""] {
            let octets = Array(text.utf8)
            var output: [UInt8] = []
            encoder.encode(octets.span, into: &output)
            encoder.finish(into: &output)
            #expect(output == Self.plain(octets))
        }
    }

    @Test(
        "R2045-3 a length that no UInt64 holds is none",
        arguments: [
            (UInt64.max, nil), (UInt64.max / 4 * 3, nil),
            (13_000_000_000_000_000_000, 17_789_473_684_210_526_320),
        ] as [(UInt64, UInt64?)]
    )
    func length(count: UInt64, expected: UInt64?) {
        #expect(Base64LineEncoder.encodedLength(of: count) == expected)
    }
}
