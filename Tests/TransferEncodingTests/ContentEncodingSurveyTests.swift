import Testing
import TransferEncoding

@Suite("survey for a transfer encoding")
struct ContentEncodingSurveyTests {
    private static func survey(_ pieces: [[UInt8]]) -> ContentEncodingSurvey {
        var survey = ContentEncodingSurvey()
        for piece in pieces { survey.append(piece.span) }
        survey.finish()
        return survey
    }

    private static func survey(_ text: String) -> ContentEncodingSurvey { Self.survey([Array(text.utf8)]) }

    /// All findings, to compare.
    private static func findings(_ survey: ContentEncodingSurvey) -> [UInt64] {
        [
            survey.octetCount, survey.crlfCount, survey.bareCRCount, survey.bareLFCount, survey.specialOctets,
            survey.hasEightBitOctets ? 1 : 0, survey.hasNUL ? 1 : 0, UInt64(survey.maximumLineLength),
            survey.endsWithLineEnd ? 1 : 0,
        ]
    }

    /// The same, each found in a way of its own.
    private static func plainFindings(_ octets: [UInt8]) -> [UInt64] {
        let normalized = PlainQuotedPrintable.normalized(octets)
        let pairs = zip(octets, octets.dropFirst()).count { $0 == 0x0D && $1 == 0x0A }
        let isLayout = { (octet: UInt8) in [0x09, 0x0A, 0x0D].contains(octet) }
        let special = octets.count { ($0 < 0x20 && !isLayout($0)) || $0 > 0x7E || $0 == UInt8(ascii: "=") }
        let longest = PlainQuotedPrintable.lines(normalized).map(\.count).max() ?? 0
        return [
            octets.count, pairs, octets.count { $0 == 0x0D } - pairs, octets.count { $0 == 0x0A } - pairs,
            special,
            octets.contains { $0 > 0x7F } ? 1 : 0, octets.contains(0) ? 1 : 0, longest,
            octets.last == 0x0D || octets.last == 0x0A ? 1 : 0,
        ].map { UInt64($0) }
    }

    @Test(
        "R2045-3 line ends of each kind",
        arguments: [
            ("", 0, 0, 0, 0), ("abc", 0, 0, 0, 3), ("abc\r\n", 1, 0, 0, 3), ("a\nbc\r\nd", 1, 0, 1, 2),
            ("\r\r\n\n", 1, 1, 1, 0), ("abcd\r", 0, 1, 0, 4), ("ab\rabc", 0, 1, 0, 3),
        ]
    )
    func lineEnds(text: String, crlf: UInt64, returns: UInt64, lineFeeds: UInt64, longest: Int) {
        let survey = Self.survey(text)
        #expect(survey.crlfCount == crlf)
        #expect(survey.bareCRCount == returns)
        #expect(survey.hasBareCR == (returns > 0))
        #expect(survey.bareLFCount == lineFeeds)
        #expect(survey.hasBareLF == (lineFeeds > 0))
        #expect(survey.maximumLineLength == longest)
    }

    @Test("R2045-3 random content, looked at octet by octet", arguments: 0..<6 as Range<UInt64>)
    func random(seed: UInt64) {
        var random = TestOctets(seed: 300 + seed)
        for count in 0..<80 {
            for octets in [random.octets(8 * count), random.text(words: count)] {
                #expect(Self.findings(Self.survey([octets])) == Self.plainFindings(octets))
            }
        }
    }

    @Test("R2045-3 every octet alone, and among plain ones")
    func everyOctet() {
        for octet in UInt8.min...UInt8.max {
            for count in [0, 10, 250] {
                let plain = [UInt8](repeating: UInt8(ascii: "x"), count: count)
                let octets = plain + [octet] + plain
                #expect(Self.findings(Self.survey([octets])) == Self.plainFindings(octets))
            }
        }
    }

    @Test("R2045-3 findings do not depend on the pieces", arguments: 0..<8 as Range<UInt64>)
    func pieces(seed: UInt64) {
        var random = TestOctets(seed: 400 + seed)
        let octets = random.text(words: 60)
        let whole = Self.survey([octets])
        for pieces in Pieces.splits(of: octets) {
            let survey = Self.survey(pieces)
            #expect(Self.findings(survey) == Self.findings(whole))
            #expect(survey.boundaryLikeLines == whole.boundaryLikeLines)
        }
    }

    @Test(
        "R2045-3 lines like boundaries are found where a line begins",
        arguments: [
            ("--=_a", ["=_a"]), ("x\r\n--=_a\r\ny", ["=_a"]), ("x\n--=_a--\r--=_b ", ["=_a--", "=_b "]),
            ("x--=_a", []), ("--=", []), ("--=\r\n_", []), ("--=_\r\n", ["=_"]), ("---=_a", []),
            ("-\r-=_", []),
            ("--=_a\r\n--=_b\r\n--=_a\r\n", ["=_a", "=_b"]),
        ]
    )
    func boundaries(text: String, expected: [String]) {
        for padding in ["", String(repeating: "xyz\r\n", count: 100)] {
            let octets = Array((padding + text).utf8)
            for pieces in [[octets]] + (padding.isEmpty ? Pieces.splits(of: octets) : []) {
                let lines = Self.survey(pieces).boundaryLikeLines.map { String(decoding: $0, as: UTF8.self) }
                #expect(lines == expected)
            }
        }
    }

    @Test("R2045-3 of a line like a boundary 80 octets are kept", arguments: [75, 76, 77, 500])
    func boundaryLength(count: Int) {
        let survey = Self.survey("--=_" + String(repeating: "b", count: count) + "\r\n--=_c")
        #expect(survey.boundaryLikeLines.map(\.count) == [2 + min(count, 76), 3])
    }

    @Test("R2045-3 64 lines like boundaries are kept", arguments: [64, 65, 1000])
    func boundaryCount(count: Int) {
        let survey = Self.survey((0..<count).map { "--=_\($0)\r\n--=_\($0)\r\n" }.joined())
        #expect(survey.boundaryLikeLines == (0..<64).map { Array("=_\($0)".utf8) })
        #expect(survey.hasTooManyBoundaryLikeLines == (count > 64))
    }
}
