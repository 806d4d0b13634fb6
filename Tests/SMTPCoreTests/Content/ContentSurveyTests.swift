import NIOCore
import SMTPCore
import Testing

@Suite("Content: what is found out before it is sent")
struct ContentSurveyTests {
    @Test("R1870-1 the survey's size is the encoder's count, and the wire's without what the protocol adds")
    func size() throws {
        var generator = SplitMix64(seed: 7)
        let alphabet = Array("ab.\r\n".utf8)
        for _ in 0..<1000 {
            let length = Int.random(in: 0...30, using: &generator)
            let body = (0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
            }
            var encoder = ContentEncoder(purpose: .data)
            for piece in Cuts.random(body, using: &generator) { _ = try encoder.encode(piece) }
            _ = try encoder.finish()
            let survey = try Survey.of(Cuts.random(body, using: &generator))
            #expect(survey.size == encoder.octetCount)
            let received = DataReceiver(Encoded.reference(body), lineEnds: [[0x0D, 0x0A]]).content
            #expect(survey.size == received.map { UInt64($0.count) })
        }
    }

    @Test("R3030-1 the count for chunks is that of the octets in them")
    func chunkedCount() throws {
        for body in ["", "a", "a\n.\r\nb\r", ".", "\r"] {
            for pieces in Cuts.all(Array(body.utf8)) {
                var encoder = ContentEncoder(purpose: .chunkedText)
                var count = 0
                for piece in pieces { count += try encoder.encode(piece).readableBytes }
                count += try encoder.finish().readableBytes
                #expect(encoder.octetCount == UInt64(count))
            }
        }
    }

    static let contents: [(content: String, eightBit: Bool, inHeader: Bool)] = [
        ("", false, false),
        ("Subject: a\r\n\r\nb\r\n", false, false),
        ("Subject: a\r\n\r\nü\r\n", true, false),
        ("Subject: ü\r\n\r\nb\r\n", true, true),
        ("Subject: ü", true, true),
        ("Subject: a\n\nü", true, false),
        ("Subject: a\r\rü", true, false),
        ("Subject: ü\n\nb", true, true),
        ("\r\nü", true, false),
        ("\nü", true, false),
        ("ü", true, true),
        ("Subject: a\r\n \r\nX: ü\r\n\r\n", true, true),
        ("Subject: abcdefgh\r\n\r\nabcdefghü", true, false),
    ]

    @Test("R6531-2 R6152-1 octets above 0x7F, and whether before the first empty line", arguments: contents)
    func eightBit(content: String, eightBit: Bool, inHeader: Bool) throws {
        for pieces in Cuts.exhaustive(Array(content.utf8)) {
            let survey = try Survey.of(pieces)
            #expect(survey.hasEightBitOctets == eightBit)
            #expect(survey.hasEightBitHeader == inHeader)
            #expect(survey.mayHaveEightBitOctets == eightBit)
            #expect(survey.isRead)
        }
    }

    @Test("R6152-1 content that is not read may have anything", arguments: [nil, 5] as [UInt64?])
    func unread(size: UInt64?) {
        let survey = ContentSurvey.unread(size: size)
        #expect(survey.size == size)
        #expect(!survey.hasEightBitOctets)
        #expect(survey.mayHaveEightBitOctets)
    }

    @Test("S-B2 the survey finds what the encoder would refuse")
    func errors() {
        #expect(throws: ContentError.self) { try Survey.of("a\u{0}") }
        #expect(throws: ContentError.self) { try Survey.of("a\r", rules: ContentRules(lineEnds: .reject)) }
    }
}
