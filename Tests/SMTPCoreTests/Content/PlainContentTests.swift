import NIOCore
import SMTPCore
import Testing

@Suite("Content: many octets at a time, as octet by octet")
struct PlainContentTests {
    private func reference(
        _ content: RandomContent,
        _ purpose: ContentEncoder.Purpose,
        _ rules: ContentRules,
        allowsEightBit: Bool = true
    ) -> Result<PlainContent, ContentError> {
        Result { () throws(ContentError) -> PlainContent in
            try PlainContent(content.octets, purpose, rules: rules, allowsEightBit: allowsEightBit)
        }
    }

    private static func rules(using generator: inout SplitMix64) -> ContentRules {
        let limits = [998, 998, 80, 300, nil] as [Int?]
        return ContentRules(
            lineEnds: Int.random(in: 0..<4, using: &generator) == 0 ? .reject : .normalize,
            maximumLineLength: limits.randomElement(using: &generator) ?? nil
        )
    }

    @Test("S-B1 S-B2 octets and errors of random content, cut anywhere", arguments: 0..<16 as Range<UInt64>)
    func encoder(seed: UInt64) {
        var generator = SplitMix64(seed: 0xE0 + seed)
        for round in 0..<250 {
            let content = RandomContent(using: &generator)
            let rules = Self.rules(using: &generator)
            let allowsEightBit = Bool.random(using: &generator)
            for purpose in [ContentEncoder.Purpose.data, .chunkedText] {
                let expected = self.reference(content, purpose, rules, allowsEightBit: allowsEightBit)
                let result = Result { () throws(ContentError) -> [UInt8] in
                    try Encoded.octets(
                        content.pieces,
                        purpose,
                        rules: rules,
                        allowsEightBit: allowsEightBit
                    )
                }
                let isRight = result == expected.map(\.octets)
                #expect(isRight, "seed \(seed) round \(round)")
            }
        }
    }

    @Test("S-B2 R1870-1 surveys of random content, cut anywhere", arguments: 0..<16 as Range<UInt64>)
    func survey(seed: UInt64) {
        var generator = SplitMix64(seed: 0x50 + seed)
        for round in 0..<250 {
            let content = RandomContent(using: &generator)
            let rules = Self.rules(using: &generator)
            let result = Result { () throws(ContentError) -> ContentSurvey in
                try Survey.of(content.pieces, rules: rules)
            }
            switch (result, self.reference(content, .data, rules)) {
            case (.success(let survey), .success(let expected)):
                let isRight =
                    survey.size == expected.size
                    && survey.hasEightBitOctets == expected.hasEightBitOctets
                    && survey.hasEightBitHeader == expected.hasEightBitHeader
                    && survey.isWireReady == expected.isUnchanged
                #expect(isRight, "seed \(seed) round \(round): \(survey)")
            case (.failure(let error), .failure(let expected)):
                #expect(error == expected, "seed \(seed) round \(round)")
            case (let result, let expected):
                Issue.record("seed \(seed) round \(round): \(result) and not \(expected)")
            }
        }
    }

    static let readiness: [(content: String, isWireReady: Bool)] = [
        ("", true), ("a\r\n", true), ("\r\n", true), ("a\r\nb.\r\n", true), ("a", false), ("a\r\nb", false),
        (".\r\n", false), ("a\r\n.b\r\n", false), ("a\n", false), ("a\r", false), ("a\r\r\n", false),
        ("ü\r\n", true),
    ]

    @Test("S-B1 content that DATA may carry as it is, cut anywhere", arguments: readiness)
    func wireReady(content: String, isWireReady: Bool) throws {
        for pieces in Cuts.all(Array(content.utf8)) {
            #expect(try Survey.of(pieces).isWireReady == isWireReady)
        }
        #expect(!ContentSurvey.unread(size: 0).isWireReady)
    }
}
