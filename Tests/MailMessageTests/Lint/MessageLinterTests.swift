import MailAddress
import MailMessage
import Testing

@Suite("The check before sending")
struct MessageLinterTests {
    /// Findings of octets that come in pieces which end at `cuts`.
    private static func findings(_ octets: [UInt8], _ context: LintContext, cuts: [Int] = []) -> [LintFinding]
    {
        var linter = MessageLinter(context)
        var start = 0
        for end in cuts + [octets.count] {
            linter.append(octets.span.extracting(start..<end))
            start = end
        }
        return linter.finish()
    }

    @Test(
        "R5322-2.1.1-1 R5322-2.2-1 R5322-3.6-1 R5322-2.3-1 R2045-1 R8689-3 each rule finds its fault, and nothing else",
        arguments: LintCase.all
    )
    func findsFaults(_ lintCase: LintCase) throws {
        let findings = Self.findings(lintCase.broken, lintCase.context)
        let own = findings.filter { $0.rule == lintCase.rule }
        let finding = try #require(own.first, "\(findings)")
        #expect(own.count == 1)
        #expect(finding.severity == lintCase.severity)
        if let line = lintCase.line { #expect(finding.line == line) }
        #expect(finding.description.contains(finding.rule.description))
        let companions: Set<LintRule> = [
            .eightBitBody, .falseTransferEncoding, .longHeaderLine, .lineTooLong,
        ]
        let others = findings.filter { $0.rule != lintCase.rule && !companions.contains($0.rule) }
        #expect(others == [])
    }

    @Test("a message without the fault has no findings", arguments: LintCase.all)
    func passesCleanMessages(_ lintCase: LintCase) {
        #expect(Self.findings(lintCase.clean, lintCase.context) == [])
    }

    @Test("the pieces in which the octets come make no difference", arguments: LintCase.all)
    func doesNotDependOnPieces(_ lintCase: LintCase) {
        let octets = lintCase.broken
        let whole = Self.findings(octets, lintCase.context)
        let step = max(1, octets.count / 300)
        for cut in stride(from: 0, through: octets.count, by: step) where octets.count < 100_000 {
            #expect(Self.findings(octets, lintCase.context, cuts: [cut]) == whole)
        }
        let single = octets.count < 100_000 ? 1 : 997
        #expect(
            Self.findings(
                octets,
                lintCase.context,
                cuts: Array(stride(from: 0, to: octets.count, by: single))
            ) == whole
        )
    }

    @Test("R6532-1 SMTPUTF8 allows a header in UTF-8, no domains leave out alignment")
    func heedsTheContext() {
        let octets = LintCase.message(with: ["Subject: Grüße", "To: jürgen@example.net"])
        #expect(Self.findings(octets, LintContext(offersSMTPUTF8: true)) == [])
        #expect(Self.findings(octets, LintContext()).map(\.rule) == [.eightBitHeader])
        #expect(Self.findings(octets, LintContext()).first?.detail == "6 times, here first")
    }

    @Test("S-F3 an empty message, and one that ends in its header")
    func readsFragments() {
        let empty = Self.findings([], LintContext())
        #expect(
            empty.map(\.rule) == [
                .missingField, .missingField, .recommendedField, .recommendedField, .recommendedField,
            ]
        )
        let header = LintCase.fields.joined(separator: "\r\n")
        #expect(Self.findings(Array(header.utf8), LintContext()) == [])
    }

    @Test("S-F3 findings are bounded in number and in length")
    func boundsFindings() {
        let text =
            String(repeating: "no field \u{7}\r\n", count: 5000)
            + "From: \(String(repeating: "\u{1}", count: 5000))\r\n"
        let findings = Self.findings(Array(text.utf8), LintContext())
        #expect(findings.count == 101)
        #expect(findings.last?.rule == .moreFindings)
        #expect(
            findings.allSatisfy { $0.detail.count <= 200 && $0.description.utf8.allSatisfy { $0 >= 0x20 } }
        )
    }

    @Test(
        "S-F3 many fields that need a look each are looked at once",
        .timeLimit(.minutes(1)),
        arguments: [
            String(repeating: "From: a@b.example, c@d.example\r\n", count: 9000),
            "From: " + String(repeating: "a@b.example,\r\n ", count: 4000) + "a@b.example\r\n",
            "Content-Type: multipart/mixed" + (0..<6000).map { "; p\($0)=v" }.joined() + "\r\n",
            String(repeating: "To: \"=?=?=?=?\" <a@b.example>\r\n", count: 9000),
        ]
    )
    func looksOnce(_ header: String) {
        let findings = Self.findings(Array(header.utf8), LintContext(dkimDomains: ["b.example"]))
        #expect((1...101).contains(findings.count))
    }

    @Test("S-F3 a mebibyte of garbage", arguments: 0..<4)
    func survivesGarbage(_ kind: Int) {
        var state = UInt64(kind) &+ 0x9E37_79B9_7F4A_7C15
        let alphabets: [[UInt8]] = [
            Array(0...255), Array("\r\n :a".utf8), Array("From: <>\"(),\n\\=?@".utf8), Array("\r\n-".utf8),
        ]
        let alphabet = alphabets[kind]
        let octets = (0..<1 << 20).map { _ -> UInt8 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return alphabet[Int(state >> 33) % alphabet.count]
        }
        let findings = Self.findings(octets, LintContext(dkimDomains: ["example.org"]))
        #expect((1...101).contains(findings.count))
        #expect(
            findings
                == Self.findings(octets, LintContext(dkimDomains: ["example.org"]), cuts: [1, 4097, 500_000])
        )
        let header = Array("From: ".utf8) + octets.filter { $0 != 0x0A && $0 != 0x0D }
        #expect((1...101).contains(Self.findings(header, LintContext()).count))
    }
}
