import NIOCore
import SMTPCore
import Testing

@Suite("Replies: the grammar")
struct ReplyFixtureTests {
    @Test("R5321-4.2-2 Q13 a reply may have no text", arguments: ReplyFixture.bare)
    func bare(fixture: ReplyFixture) {
        #expect(ReplyFixture.read([ByteBuffer(bytes: fixture.wire)]) == fixture.outcomes)
    }

    @Test("R5321-4.2.1-2 Q14 every line of a reply is read", arguments: ReplyFixture.multiline)
    func multiline(fixture: ReplyFixture) {
        #expect(ReplyFixture.read([ByteBuffer(bytes: fixture.wire)]) == fixture.outcomes)
    }

    @Test("Q17 several replies in one segment are several", arguments: ReplyFixture.grouped)
    func grouped(fixture: ReplyFixture) {
        #expect(ReplyFixture.read([ByteBuffer(bytes: fixture.wire)]) == fixture.outcomes)
    }

    @Test("Q16 R5321-2.3.8-1 LF alone ends a line, CR alone does not", arguments: ReplyFixture.bareLF)
    func bareLF(fixture: ReplyFixture) {
        #expect(ReplyFixture.read([ByteBuffer(bytes: fixture.wire)]) == fixture.outcomes)
    }

    @Test("Q18 text is UTF-8, or else Latin-1", arguments: ReplyFixture.eightBit)
    func eightBit(fixture: ReplyFixture) {
        #expect(ReplyFixture.read([ByteBuffer(bytes: fixture.wire)]) == fixture.outcomes)
    }

    @Test("R5321-4.2.1-2 Q15 different codes in one reply are an error", arguments: ReplyFixture.disagreeing)
    func disagreeing(fixture: ReplyFixture) {
        #expect(ReplyFixture.read([ByteBuffer(bytes: fixture.wire)]) == fixture.outcomes)
    }

    @Test(
        "S-E4 E4.1 Q21 R5321-4.2-3 a line is a code, a separator and text",
        arguments: ReplyFixture.malformed
    )
    func malformed(fixture: ReplyFixture) {
        #expect(ReplyFixture.read([ByteBuffer(bytes: fixture.wire)]) == fixture.outcomes)
    }

    @Test("R5321-4.2.1-2 a connection that ends inside a reply", arguments: ReplyFixture.truncated)
    func truncated(fixture: ReplyFixture) {
        #expect(ReplyFixture.read([ByteBuffer(bytes: fixture.wire)]) == fixture.outcomes)
    }

    @Test("Q17 every reply cut anywhere, and octet by octet, is the same reply", arguments: ReplyFixture.all)
    func cuts(fixture: ReplyFixture) {
        for pieces in Cuts.everywhere(fixture.wire) {
            #expect(ReplyFixture.read(pieces) == fixture.outcomes, "in pieces \(pieces.map(\.text))")
        }
    }

    @Test(
        "Q17 every two replies cut anywhere are the same two",
        arguments: ReplyFixture.grouped,
        ReplyFixture.bareLF
    )
    func pairs(first: ReplyFixture, second: ReplyFixture) {
        let outcomes = first.outcomes + second.outcomes
        for pieces in Cuts.everywhere(first.wire + second.wire) {
            #expect(ReplyFixture.read(pieces) == outcomes, "in pieces \(pieces.map(\.text))")
        }
    }

    @Test("Q15 the error carries both codes and all text; the code that counts is the last")
    func disagreement() throws {
        let wire = ByteBuffer(string: "220-host ESMTP\r\n521 5.7.1 blocked\r\n")
        guard case .failure(let error) = try #require(ReplyReader.events(in: [wire]).first) else {
            Issue.record("no error")
            return
        }
        #expect(error.reason == .codesDisagree(first: .ready))
        #expect(error.reply?.code == ReplyCode(521))
        #expect(error.reply?.lines == ["host ESMTP", "5.7.1 blocked"])
        #expect(error.description.contains("220"))
        #expect(error.description.contains("blocked"))
    }
}
