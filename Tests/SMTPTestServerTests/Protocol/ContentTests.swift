import NIOCore
import Testing

@testable import SMTPTestServer

@Suite("Content by DATA")
struct ContentTests {
    static let envelope = "EHLO c\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\n"

    struct Row: CustomTestStringConvertible, Sendable {
        let wire: String
        let content: String
        var testDescription: String { self.wire.debugDescription }
    }

    static let rows: [Row] = [
        Row(wire: ".\r\n", content: ""),
        Row(wire: "\r\n.\r\n", content: "\r\n"),
        Row(wire: "a\r\n.\r\n", content: "a\r\n"),
        Row(wire: "..\r\n.\r\n", content: ".\r\n"),
        Row(wire: "...\r\n.\r\n", content: "..\r\n"),
        Row(wire: "..a\r\n..b\r\n.\r\n", content: ".a\r\n.b\r\n"),
        Row(wire: ".a\r\n.\r\n", content: "a\r\n"),
        Row(wire: "a.\r\n.\r\n", content: "a.\r\n"),
        Row(wire: "a\r\n\r\n..\r\nMAIL FROM:<x>\r\n.\r\n", content: "a\r\n\r\n.\r\nMAIL FROM:<x>\r\n"),
        Row(wire: "x\n.\ny\r\n.\r\n", content: "x\n.\ny\r\n"),
        Row(wire: "x\n.\r\ny\r\n.\r\n", content: "x\n.\r\ny\r\n"),
        Row(wire: "x\r.\ry\r\n.\r\n", content: "x\r.\ry\r\n"),
        Row(wire: "x\r.\r\ny\r\n.\r\n", content: "x\r.\r\ny\r\n"),
        Row(wire: "x\r\n.\ny\r\n.\r\n", content: "x\r\n\ny\r\n"),
        Row(wire: "x\r\n.\ry\r\n.\r\n", content: "x\r\n\ry\r\n"),
        Row(wire: "x\r\n.\r\r\n.\r\n", content: "x\r\n\r\r\n"),
        Row(wire: "x\r\r\n.\r\n", content: "x\r\r\n"),
        Row(wire: "\n.\n\r\n.\r\n", content: "\n.\n\r\n"),
        Row(wire: ".\n.\r\n\r\n.\r\n", content: "\n.\r\n\r\n"),
        Row(wire: "\u{0}\u{FC}\r\n.\r\n", content: "\u{0}\u{FC}\r\n"),
    ]

    @Test("the dots are taken out, and only CRLF.CRLF ends", arguments: rows)
    func unstuffing(_ row: Row) {
        let dialogue = Dialogue(.init(storesWireContent: true))
        dialogue.send(Self.envelope + "DATA\r\n")
        #expect(dialogue.send(row.wire) == [250])
        #expect(dialogue.messages.map(\.text) == [row.content])
        #expect(dialogue.messages.first?.wireContent == Array(row.wire.utf8))
        #expect(dialogue.messages.first?.contentLength == row.content.utf8.count)
        #expect(dialogue.send("NOOP\r\n") == [250])
    }

    @Test("cut anywhere, the content is the same", arguments: rows)
    func everySplit(_ row: Row) {
        let wire = Array(row.wire.utf8)
        for cut in 0...wire.count {
            let dialogue = Dialogue()
            dialogue.send(Self.envelope + "DATA\r\n")
            dialogue.send(Array(wire[..<cut]))
            #expect(dialogue.messages.count == (cut == wire.count ? 1 : 0))
            dialogue.send(Array(wire[cut...]))
            #expect(dialogue.messages.map(\.text) == [row.content])
        }
    }

    @Test func aFixedMessageHasItsEnvelope() throws {
        let dialogue = Dialogue()
        dialogue.send(
            "EHLO c\r\nMAIL FROM:<> SIZE=9 RET=FULL\r\nRCPT TO:<b@y> notify=NEVER\r\nRCPT TO:<bad\r\n"
                + "RCPT TO:<\"c d\"@z>\r\nDATA\r\n"
        )
        dialogue.send("a\r\n.\r\n")
        let message = try #require(dialogue.messages.first)
        #expect(message.sender.isEmpty)
        #expect(message.hello == "c")
        #expect(message.mailParameters.map(\.description) == ["SIZE=9", "RET=FULL"])
        #expect(message.mailParameters.text == "SIZE=9 RET=FULL")
        #expect(message.recipients.map(\.address) == ["b@y", "\"c d\"@z"])
        #expect(message.recipients.first?.parameters["NOTIFY"]?.value == "NEVER")
        #expect(message.recipients.last?.parameters.contains("NOTIFY") == false)
        #expect(!message.isBDAT)
        #expect(message.lmtpReplies.isEmpty)
        #expect(dialogue.text.contains("Ok: queued as \(message.queueID)"))
        #expect(message.description == "message from <> to <b@y>, <\"c d\"@z>, 3 octets")
    }

    @Test func withoutStoredContentTheChecksumRemains() throws {
        let wire = "line\r\n..dot\r\n.\r\n"
        let dialogue = Dialogue(.init(storesContent: false))
        dialogue.send(Self.envelope + "DATA\r\n")
        dialogue.send(wire)
        let message = try #require(dialogue.messages.first)
        #expect(message.content.isEmpty)
        #expect(message.contentLength == 12)
        #expect(message.checksum == .init(of: "line\r\n.dot\r\n".utf8))
        #expect(message.checksum != .init(of: "line\r\n..dot\r\n".utf8))
    }

    @Test func theChecksumIsFNV1a() {
        #expect(SMTPTestServer.ContentChecksum().value == 0xcbf2_9ce4_8422_2325)
        #expect(SMTPTestServer.ContentChecksum(of: "foobar".utf8).value == 0x8594_4171_f739_67e8)
    }

    @Test(arguments: [(4, 250), (3, 552)])
    func sizeLimit(limit: Int, code: Int) {
        let dialogue = Dialogue(.init(maximumMessageSize: limit))
        dialogue.send(Self.envelope + "DATA\r\n")
        #expect(dialogue.send("ab\r\n.\r\n") == [code])
        #expect(dialogue.messages.count == (code == 250 ? 1 : 0))
        #expect(dialogue.send("MAIL FROM:<a@x>\r\n") == [250])
    }

    @Test func recipientLimit() {
        let dialogue = Dialogue(.init(maximumRecipients: 2))
        dialogue.send("EHLO c\r\nMAIL FROM:<a@x>\r\n")
        #expect(dialogue.send("RCPT TO:<a@y>\r\nRCPT TO:<b@y>\r\nRCPT TO:<c@y>\r\n") == [250, 250, 452])
        #expect(dialogue.text.hasSuffix("452 4.5.3 Too many recipients\r\n"))
        dialogue.send("DATA\r\n.\r\n")
        #expect(dialogue.messages.first?.recipients.count == 2)
    }

    @Test("a long line gets 500 and is forgotten", arguments: [31, 32, 33, 200_000])
    func lineLimit(length: Int) {
        var configuration = SMTPTestServer.Configuration()
        configuration.limits.commandLineOctets = 32
        let line = "NOOP " + String(repeating: "x", count: length - 7) + "\r\n"
        let whole = Dialogue(configuration)
        #expect(whole.send(line + "NOOP\r\n") == [length > 32 ? 500 : 250, 250])
        let pieces = Dialogue(configuration)
        for octet in (line + "NOOP\r\n").utf8.prefix(300) {
            pieces.send([octet])
        }
        #expect(pieces.codes == (length > 300 ? [220] : whole.codes))
    }

    @Test func aBareLineFeedEndsALineButIsRefused() {
        #expect(Dialogue().send("NOOP\nNOOP\r\n") == [500, 250])
    }

    @Test func largeContentIsTakenInPieces() {
        let line = Array((String(repeating: "x", count: 98) + "\r\n").utf8)
        let piece = Array((0..<640).map { _ in line }.joined())
        let dialogue = Dialogue()
        dialogue.send(Self.envelope + "DATA\r\n")
        for _ in 0..<128 {
            dialogue.send(piece)
        }
        #expect(dialogue.unfinishedContentCount == 128 * 64_000)
        #expect(dialogue.send(".\r\n") == [250])
        #expect(dialogue.messages.first?.content.count == 128 * 64_000)
        #expect(dialogue.unfinishedContentCount == nil)
    }
}
