import Testing

@testable import SMTPTestServer

@Suite("Content by BDAT")
struct ChunkTests {
    private static let envelope = ContentTests.envelope

    struct Row: CustomTestStringConvertible, Sendable {
        let input: String
        let codes: [Int]
        var content: String?
        var testDescription: String { self.input.debugDescription }
    }

    private static let rows: [Row] = [
        Row(input: "BDAT 3 LAST\r\nabc", codes: [250], content: "abc"),
        Row(input: "bdat 3 last\r\nabc", codes: [250], content: "abc"),
        Row(input: "BDAT 3\r\nabcBDAT 0 LAST\r\n", codes: [250, 250], content: "abc"),
        Row(input: "BDAT 0 LAST\r\n", codes: [250], content: ""),
        Row(input: "BDAT 0\r\nBDAT 1 LAST\r\n.", codes: [250, 250], content: "."),
        Row(input: "BDAT 5\r\n\r\n.\r\nBDAT 3 LAST\r\n..\n", codes: [250, 250], content: "\r\n.\r\n..\n"),
        Row(input: "BDAT 3 LAST\r\nabcBDAT 1 LAST\r\nx", codes: [250, 503], content: "abc"),
        Row(input: "BDAT 3\r\nabcDATA\r\n", codes: [250, 503]),
        Row(input: "BDAT 3\r\nabcRCPT TO:<c@y>\r\n", codes: [250, 503]),
        Row(input: "BDAT 3\r\nabcRSET\r\nBDAT 2 LAST\r\nxy", codes: [250, 250, 503]),
        Row(input: "BDAT\r\n", codes: [501]),
        Row(input: "BDAT x\r\n", codes: [501]),
        Row(input: "BDAT -1\r\n", codes: [501]),
        Row(input: "BDAT 1 LAS\r\n", codes: [501]),
        Row(input: "BDAT 1  LAST\r\n", codes: [501]),
        Row(input: "BDAT 99999999999999999999 LAST\r\n", codes: [501]),
    ]

    @Test("chunks", arguments: rows)
    func chunks(_ row: Row) {
        let dialogue = Dialogue()
        dialogue.send(Self.envelope)
        #expect(dialogue.send(row.input) == row.codes)
        #expect(dialogue.messages.map(\.text) == (row.content.map { [$0] } ?? []))
        #expect(dialogue.messages.allSatisfy { $0.isBDAT && $0.wireContent == nil })
    }

    @Test("octets of a refused chunk are consumed")
    func refusedChunks() {
        let early = Dialogue()
        #expect(early.send("EHLO c\r\nBDAT 6\r\nNOOP\r\nBDAT 0 LAST\r\nNOOP\r\n") == [250, 503, 503, 250])
        let nobody = Dialogue()
        #expect(
            nobody.send("EHLO c\r\nMAIL FROM:<>\r\nBDAT 6 LAST\r\nNOOP\r\nNOOP\r\n") == [250, 250, 554, 250]
        )
        let notOffered = Dialogue(.init(extensions: []))
        #expect(notOffered.send("EHLO c\r\nBDAT 6 LAST\r\nNOOP\r\nNOOP\r\n") == [250, 502, 250])
    }

    @Test func aChunkTooManyEndsTheTransaction() {
        let dialogue = Dialogue(.init(maximumMessageSize: 4))
        dialogue.send(Self.envelope)
        #expect(dialogue.send("BDAT 3\r\nabcBDAT 3\r\ndefBDAT 1 LAST\r\nx") == [250, 552, 503])
        #expect(dialogue.messages.isEmpty)
        #expect(dialogue.send("MAIL FROM:<a@x>\r\n") == [250])
    }

    @Test func scriptedRefusalOfAChunkEndsTheTransaction() {
        let dialogue = Dialogue(script: [.on(.bdat(occurrence: 1), .reply("452 4.3.1 full"))])
        dialogue.send(Self.envelope)
        #expect(dialogue.send("BDAT 3\r\nabcBDAT 0 LAST\r\n") == [452, 503])
        #expect(dialogue.messages.isEmpty)
    }

    @Test("an early reply answers the chunk, which is still consumed")
    func earlyReplies() {
        let refused = Dialogue(script: [.on(.command("BDAT"), .reply("552 5.3.4 no"))])
        refused.send(Self.envelope)
        #expect(refused.send("BDAT 6 LAST\r\nNOOP\r\nNOOP\r\n") == [552, 250])
        #expect(refused.messages.isEmpty)
        let accepted = Dialogue(script: [.on(.command("BDAT"), .reply("250 yes"))])
        accepted.send(Self.envelope)
        #expect(accepted.send("BDAT 2\r\nabBDAT 1 LAST\r\ncNOOP\r\n") == [250, 250, 250])
        #expect(accepted.messages.map(\.text) == ["abc"])
    }

    @Test func endOfContentIsTheLastChunk() {
        let dialogue = Dialogue(script: [.on(.endOfContent, .reply("451 later"))])
        dialogue.send(Self.envelope)
        #expect(dialogue.send("BDAT 1\r\naBDAT 1 LAST\r\nb") == [250, 451])
        #expect(dialogue.messages.isEmpty)
    }
}
