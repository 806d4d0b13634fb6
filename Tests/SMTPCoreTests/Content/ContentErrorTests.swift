import NIOCore
import SMTPCore
import Testing

@Suite("Content: what is not sent")
struct ContentErrorTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let body: [UInt8]
        let reason: ContentError.Reason
        let position: UInt64
        var rules = ContentRules()
        var allowsEightBit = true

        var testDescription: String { "\(self.reason) at \(self.position) of \(self.body.count)" }

        init(
            _ body: String,
            _ reason: ContentError.Reason,
            at position: UInt64,
            lineEnds: LineEndPolicy = .normalize,
            maximumLineLength: Int? = 998,
            allowsEightBit: Bool = true
        ) {
            self.body = Array(body.utf8)
            self.reason = reason
            self.position = position
            self.rules = ContentRules(lineEnds: lineEnds, maximumLineLength: maximumLineLength)
            self.allowsEightBit = allowsEightBit
        }
    }

    private func expectError(_ row: Row, in cuts: [[ByteBuffer]]) {
        let expected = ContentError(row.reason, position: row.position)
        for purpose in [ContentEncoder.Purpose.data, .chunkedText] {
            for pieces in cuts {
                let result = Result { () throws(ContentError) -> [UInt8] in
                    try Encoded.octets(
                        pieces,
                        purpose,
                        rules: row.rules,
                        allowsEightBit: row.allowsEightBit
                    )
                }
                guard result != .failure(expected) else { continue }
                // One is enough: the other cuts would mostly say the same.
                Issue.record("\(result) in pieces of \(pieces.map(\.readableBytes))")
                return
            }
        }
    }

    static let bareLineEnds = [
        Row("\n", .bareLineEnd, at: 0, lineEnds: .reject),
        Row("\r", .bareLineEnd, at: 0, lineEnds: .reject),
        Row("ab\ncd", .bareLineEnd, at: 2, lineEnds: .reject),
        Row("ab\rcd", .bareLineEnd, at: 2, lineEnds: .reject),
        Row("ab\r\r\n", .bareLineEnd, at: 2, lineEnds: .reject),
        Row("a\r\n\n", .bareLineEnd, at: 3, lineEnds: .reject),
        Row("abcdefgh\r", .bareLineEnd, at: 8, lineEnds: .reject),
        Row("x\r\n.\r\ny\rz\n", .bareLineEnd, at: 7, lineEnds: .reject),
    ]

    @Test("S-B2 Q53 the policy that rejects gives the position of a lone CR or LF", arguments: bareLineEnds)
    func bareLineEnd(row: Row) {
        self.expectError(row, in: Cuts.exhaustive(row.body))
    }

    @Test("S-B2 Q53 the policy that rejects takes CRLF, cut anywhere")
    func rejectsNothing() throws {
        let body = Array("a\r\n\r\n.\r\n".utf8)
        for pieces in Cuts.all(body) {
            let wire = try Encoded.octets(pieces, rules: ContentRules(lineEnds: .reject))
            #expect(wire == Encoded.reference(body))
        }
    }

    static let nuls = [
        Row("\u{0}", .nul, at: 0),
        Row("ab\u{0}", .nul, at: 2),
        Row("a\r\n\u{0}b", .nul, at: 3),
        Row("a\r\u{0}", .nul, at: 2),
        Row("abcdefghi\u{0}\u{0}", .nul, at: 9),
        Row(".\n.\u{0}", .nul, at: 3),
    ]

    @Test("S-B2 B2.3 NUL never goes out in text", arguments: nuls)
    func nul(row: Row) {
        self.expectError(row, in: Cuts.exhaustive(row.body))
    }

    private static let x998 = String(repeating: "x", count: 998)

    static let longLines = [
        Row(x998 + "x", .lineTooLong, at: 998),
        Row(x998 + "x\r\n", .lineTooLong, at: 998),
        Row(x998 + "xyz\n", .lineTooLong, at: 998),
        Row("ab\r\n" + x998 + "xyz\r\nend", .lineTooLong, at: 1002),
        Row("ab\n" + x998 + "x", .lineTooLong, at: 1001),
        Row("." + x998, .lineTooLong, at: 998),
        Row(x998 + "\t", .lineTooLong, at: 998),
        Row(x998 + "\t\tx\r\n", .lineTooLong, at: 998),
        Row("\t" + x998, .lineTooLong, at: 998),
        Row(x998 + "\u{0}", .nul, at: 998),
        Row(x998 + "x\u{0}", .lineTooLong, at: 998),
    ]

    @Test("R5321-4.5.3.1.6-1 R5322-2.1.1-1 a line of more than 998 octets", arguments: longLines)
    func longLine(row: Row) {
        self.expectError(row, in: Cuts.everywhere(row.body))
    }

    static let fitting = [
        x998, x998 + "\r\n" + x998, "." + x998.dropFirst(), x998 + "\n.\r" + x998, "\t" + x998.dropFirst(),
    ]

    @Test("R5321-4.5.3.1.6-1 998 octets fit, a doubled dot not counted", arguments: fitting)
    func fittingLine(body: String) throws {
        let octets = Array(body.utf8)
        let expected = Encoded.reference(octets)
        for pieces in Cuts.everywhere(octets) {
            let isRight = try Encoded.octets(pieces) == expected
            #expect(isRight, "in pieces of \(pieces.map(\.readableBytes))")
        }
    }

    @Test("R5321-4.5.3.1.6-1 another limit, and none")
    func otherLimits() throws {
        self.expectError(
            Row("ab\r\ncde", .lineTooLong, at: 6, maximumLineLength: 2),
            in: Cuts.all(Array("ab\r\ncde".utf8))
        )
        let line = String(repeating: "x", count: 100_000)
        #expect(try Encoded.text(line, rules: ContentRules(maximumLineLength: nil)) == line + "\r\n.\r\n")
    }

    static let eightBit = [
        Row("é", .eightBit, at: 0, allowsEightBit: false),
        Row("abcé", .eightBit, at: 3, allowsEightBit: false),
        Row("abcdefgh\r\né", .eightBit, at: 10, allowsEightBit: false),
        Row("ab\réé", .eightBit, at: 3, allowsEightBit: false),
        // Of two errors the first one in the content, however it is cut.
        Row("é\u{0}", .eightBit, at: 0, allowsEightBit: false),
        Row("\u{0}é", .nul, at: 0, allowsEightBit: false),
        Row("aé\n", .eightBit, at: 1, lineEnds: .reject, allowsEightBit: false),
        Row("a\né", .bareLineEnd, at: 1, lineEnds: .reject, allowsEightBit: false),
        Row("a\ré", .bareLineEnd, at: 1, lineEnds: .reject, allowsEightBit: false),
        Row("abé", .eightBit, at: 2, maximumLineLength: 3, allowsEightBit: false),
        Row("abcdé", .lineTooLong, at: 3, maximumLineLength: 3, allowsEightBit: false),
        Row("aébcde", .eightBit, at: 1, maximumLineLength: 3, allowsEightBit: false),
        Row("abc\téf", .lineTooLong, at: 3, maximumLineLength: 3, allowsEightBit: false),
    ]

    @Test("R5321-2.3.1-1 octets above 0x7F for a server that takes none", arguments: eightBit)
    func checkEightBit(row: Row) {
        self.expectError(row, in: Cuts.exhaustive(row.body))
    }

    @Test("R5321-2.3.1-1 every octet up to 0x7F but NUL, CR and LF is left alone")
    func sevenBit() throws {
        let body = (UInt8(1)...0x7F).filter { $0 != 0x0D && $0 != 0x0A }
        for start in 0..<9 {
            let octets = Array(body[start...])
            let wire = try Encoded.octets([ByteBuffer(bytes: octets)], allowsEightBit: false)
            #expect(wire == octets + Array("\r\n.\r\n".utf8))
        }
    }

    @Test("S-B2 an error says what and where")
    func description() {
        let error = #expect(throws: ContentError.self) { try Encoded.text("ab\u{0}") }
        #expect(error?.description == "content has a NUL octet at octet 2")
    }
}
