import Testing

@testable import SMTPTestServer

@Suite("Input in any segmentation")
struct SegmentationTests {
    private static let session = Array(
        ("EHLO c\r\nNOOP\nMAIL FROM:<a@x> SIZE=10 BODY=8BITMIME\r\nRCPT TO:<b@y>\r\nRCPT TO:<bad>\r\nDATA\r\n"
            + "..stuffed\r\n.\rx\r\n.\n\r\n\r\nline\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<c@z> NOTIFY=NEVER\r\n"
            + "BDAT 5\r\nab\r\n.BDAT 3 LAST\r\n\n.\rAUTH LOGIN\r\ndQ==\r\ncA==\r\n"
            + "FOO\r\nRSET\r\nQUIT\r\nNOOP\r\n")
            .utf8
    )
    private static let codes = [
        220, 250, 500, 250, 250, 553, 354, 250, 250, 250, 250, 250, 334, 334, 235, 500, 250, 221,
    ]

    private func outcome(_ pieces: [[UInt8]]) -> Dialogue {
        let dialogue = Dialogue(.init(users: ["u": "p"]))
        for piece in pieces {
            dialogue.send(piece)
        }
        return dialogue
    }

    private func check(_ dialogue: Dialogue, against whole: Dialogue, _ comment: Comment) {
        #expect(dialogue.sent == whole.sent, comment)
        #expect(dialogue.lines == whole.lines, comment)
        #expect(dialogue.messages.map(\.content) == whole.messages.map(\.content), comment)
        #expect(dialogue.isClosed, comment)
    }

    @Test func everySplitPointGivesTheSameResult() {
        let whole = self.outcome([Self.session])
        #expect(whole.codes == Self.codes)
        #expect(whole.messages.map(\.text) == [".stuffed\r\n\rx\r\n\n\r\n\r\nline\r\n", "ab\r\n.\n.\r"])
        #expect(whole.contentStarts == 2)
        #expect(whole.user == "u")
        for cut in 0...Self.session.count {
            let dialogue = self.outcome([Array(Self.session[..<cut]), Array(Self.session[cut...])])
            self.check(dialogue, against: whole, "cut at \(cut)")
        }
    }

    @Test("pieces of equal length", arguments: [1, 2, 3, 5, 7, 16, 64])
    func pieces(length: Int) {
        let pieces = stride(from: 0, to: Self.session.count, by: length).map { start in
            Array(Self.session[start..<min(start + length, Self.session.count)])
        }
        self.check(self.outcome(pieces), against: self.outcome([Self.session]), "pieces of \(length)")
    }

    @Test func contentPlacesAreMetInAnySegmentation() {
        let script: SMTPTestServer.Script = [
            .on(.contentOctets(3), .raw("three ")), .on(.contentOctets(8), .raw("eight ")),
        ]
        for length in 1...12 {
            let dialogue = Dialogue(script: script)
            dialogue.send(ContentTests.envelope + "DATA\r\n")
            let wire = Array("ab\r\ncd\r\n.\r\nNOOP\r\n".utf8)
            for start in stride(from: 0, to: wire.count, by: length) {
                dialogue.send(Array(wire[start..<min(start + length, wire.count)]))
            }
            let tail = "three eight 250 2.0.0 Ok: queued as S0M1\r\n250 2.0.0 Ok\r\n"
            #expect(dialogue.text.hasSuffix(tail), "pieces of \(length)")
        }
    }

    /// Octets of commands and junk, always the same ones.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            self.state = self.state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return self.state ^ (self.state >> 29)
        }
    }

    @Test func junkIsSurvived() {
        let words = [
            "EHLO c", "MAIL FROM:<a@x>", "RCPT TO:<b@y>", "DATA", "BDAT 3", "BDAT 1 LAST", "AUTH PLAIN",
            "AUTH LOGIN =",
            "*", ".", "..", "\r\n", "\n", "\r", " ", "<", ">", "\"", "\\", "=", "\u{0}", "ü", "RSET",
            "\r\n.\r\n", "BDAT",
            "RCPT TO:<\"", "MAIL FROM:<@:>", "MAIL FROM: ", "AHUAcA==",
        ]
        for seed in 0..<300 {
            var generator = Generator(state: UInt64(seed))
            let flavour: SMTPTestServer.Flavour = seed.isMultiple(of: 2) ? .smtp : .lmtp
            let dialogue = Dialogue(.init(flavour: flavour, users: ["u": "p"]))
            for _ in 0..<60 {
                let word = words.randomElement(using: &generator) ?? ""
                dialogue.send(word + (Bool.random(using: &generator) ? "\r\n" : ""))
            }
            dialogue.disconnect()
            #expect(dialogue.codes.allSatisfy { (200..<600).contains($0) })
        }
    }
}
