import SMTPCore
import Testing

@Suite("Replies: codes")
struct ReplyCodeTests {
    static let severities: [(ClosedRange<Int>, ReplyCode.Severity, positive: Bool, negative: Bool)] = [
        (200...299, .positiveCompletion, true, false),
        (300...399, .positiveIntermediate, false, false),
        (400...499, .transientNegative, false, true),
        (500...599, .permanentNegative, false, true),
    ]

    @Test("R5321-4.2-3 R5321-4.3.2-1 a code means what its first digit means", arguments: severities)
    func firstDigit(
        codes: ClosedRange<Int>,
        severity: ReplyCode.Severity,
        positive: Bool,
        negative: Bool
    ) throws {
        for value in codes {
            let code = try #require(ReplyCode(value))
            #expect(code.severity == severity)
            #expect(code.isPositive == positive)
            #expect(code.isNegative == negative)
            #expect(code.description == String(value))
        }
    }

    @Test("R5321-4.2-3 no code outside 200 to 599", arguments: [-250, 0, 25, 99, 100, 199, 600, 999, 2506])
    func outside(value: Int) {
        #expect(ReplyCode(value) == nil)
    }

    static let texts = [
        "250 2.0.0 error 550 failed", "250 550 5.7.1 rejected", "250 421 closing", "250 go away",
    ]

    @Test("R5321-4.2-1 the text of a reply decides nothing", arguments: texts)
    func codeOnly(line: String) throws {
        let reply = try ReplyReader.reply(line + "\r\n")
        #expect(reply.code == .ok)
        #expect(!reply.announcesClosing)
    }

    @Test(
        "R5321-4.2.1-1 4yz may be tried again, 5yz must not",
        arguments: [400, 421, 450, 499, 500, 550, 599]
    )
    func refusals(value: Int) throws {
        let reply = try ReplyReader.reply("\(value) no\r\n")
        let expected: RecipientOutcome.Disposition = value < 500 ? .refusedTemporarily : .refusedPermanently
        #expect(RecipientOutcome.Disposition.refused(by: reply) == expected)
    }

    @Test("R5321-4.2.4-1 500 and 502 mean the same")
    func notRecognized() throws {
        let codes = try [500, 502].map { try #require(ReplyCode($0)) }
        #expect(codes[0].severity == codes[1].severity)
        #expect(codes[1] == .notImplemented)
    }

    static let closing = [
        ("421 4.3.2 bye\r\n", true), ("421\r\n", true), ("221 bye\r\n", false), ("451 4.4.2 bye\r\n", false),
    ]

    @Test("R5321-3.8-1 421 says that the server closes, whatever was asked", arguments: closing)
    func announcesClosing(wire: String, closes: Bool) throws {
        #expect(try ReplyReader.reply(wire).announcesClosing == closes)
    }
}
