import Testing
import TransferEncoding

@Suite("quoted-printable: any octets, in any pieces")
struct QuotedPrintableStreamTests {
    /// What every text must hold to.
    private static func check(_ octets: [UInt8], isText: Bool) {
        let text = QuotedPrintableEncoderTests.encode([octets], isText: isText)
        let expected = isText ? PlainQuotedPrintable.normalized(octets) : octets
        let isRight = PlainQuotedPrintable.decode(text) == expected
        #expect(isRight, "\(octets)")
        for line in PlainQuotedPrintable.lines(text) {
            #expect(line.count <= 76)
            #expect(line.last != 0x20 && line.last != 0x09)
            #expect(!line.starts(with: ".".utf8) && !line.starts(with: "From ".utf8))
        }
    }

    @Test("R2045-3 random octets come back", arguments: [false, true], 0..<8 as Range<UInt64>)
    func octets(isText: Bool, seed: UInt64) {
        var random = TestOctets(seed: seed)
        for length in [1, 2, 5, 16, 75, 76, 77, 300, 2047, 2048, 2049, 9000] {
            Self.check(random.octets(length), isText: isText)
        }
    }

    @Test("R2045-3 random words that matter come back", arguments: [false, true], 0..<8 as Range<UInt64>)
    func words(isText: Bool, seed: UInt64) {
        var random = TestOctets(seed: 100 + seed)
        for words in 0..<120 { Self.check(random.text(words: words), isText: isText) }
    }

    @Test("R2045-3 every octet comes back at every column", arguments: [false, true])
    func everyOctet(isText: Bool) {
        for octet in UInt8.min...UInt8.max {
            for column in [0, 1, 62, 63, 64, 71, 72, 73, 74, 75, 76, 77] {
                let plain = [UInt8](repeating: UInt8(ascii: "x"), count: column)
                Self.check(plain + [octet], isText: isText)
                Self.check(plain + [octet] + plain, isText: isText)
            }
        }
    }

    @Test(
        "R2045-3 quoted-printable does not depend on the pieces",
        arguments: [false, true],
        0..<12 as Range<UInt64>
    )
    func pieces(isText: Bool, seed: UInt64) {
        var random = TestOctets(seed: 200 + seed)
        let octets = seed % 3 == 0 ? random.octets(300) : random.text(words: 40)
        let expected = QuotedPrintableEncoderTests.encode([octets], isText: isText)
        for pieces in Pieces.splits(of: octets) {
            #expect(QuotedPrintableEncoderTests.encode(pieces, isText: isText) == expected)
        }
    }

    @Test("R2045-3 text stands behind what the output had, and a finished encoder begins anew")
    func again() {
        var encoder = QuotedPrintableEncoder(isText: true)
        var output = Array("kept".utf8)
        for text in [".a", "From b", " "] {
            encoder.encode(Array(text.utf8).span, into: &output)
            encoder.finish(into: &output)
        }
        #expect(String(decoding: output, as: UTF8.self) == "kept=2Ea=46rom b=20")
    }
}
