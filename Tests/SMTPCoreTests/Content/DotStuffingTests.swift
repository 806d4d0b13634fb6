import NIOCore
import SMTPCore
import Testing

@Suite("Content: dots and the terminator")
struct DotStuffingTests {
    /// A body, and the octets behind 354.
    static let bodies = [
        ("", ".\r\n"),
        (".", "..\r\n.\r\n"),
        (".\r\n", "..\r\n.\r\n"),
        ("a\r\n\r\n.\r\nMAIL FROM:<x>\r\n", "a\r\n\r\n..\r\nMAIL FROM:<x>\r\n.\r\n"),
        ("a", "a\r\n.\r\n"),
        ("a\r\n", "a\r\n.\r\n"),
        ("..", "...\r\n.\r\n"),
        ("a.\r\n.b", "a.\r\n..b\r\n.\r\n"),
        ("\r\n", "\r\n.\r\n"),
        ("\r\n.", "\r\n..\r\n.\r\n"),
        ("\r\n.\r\n", "\r\n..\r\n.\r\n"),
        (".\r\n.\r\n.\r\n", "..\r\n..\r\n..\r\n.\r\n"),
        ("....", ".....\r\n.\r\n"),
        (".a\r\n..b\r\n", "..a\r\n...b\r\n.\r\n"),
        ("a.b.c", "a.b.c\r\n.\r\n"),
        (".\t.\r\n", "..\t.\r\n.\r\n"),
        (".12345678.\r\n.12345678.\r\n", "..12345678.\r\n..12345678.\r\n.\r\n"),
    ]

    @Test(
        "S-B1 B1.1 R5321-4.5.2-1 a dot at the start of a line is doubled, CRLF . CRLF ends",
        arguments: bodies
    )
    func table(body: String, wire: String) throws {
        #expect(try Encoded.text(body) == wire)
        #expect(Encoded.reference(Array(body.utf8)) == Array(wire.utf8))
    }

    @Test("S-B1 B1.2 the same in pieces cut anywhere", arguments: bodies)
    func cuts(body: String, wire: String) throws {
        let expected = Array(wire.utf8)
        for pieces in Cuts.exhaustive(Array(body.utf8)) {
            #expect(try Encoded.octets(pieces) == expected, "in pieces \(pieces.map(\.text))")
        }
    }

    @Test("S-B1 B1.2 empty pieces change nothing", arguments: bodies)
    func emptyPieces(body: String, wire: String) throws {
        let pieces = body.utf8.flatMap { [ByteBuffer(), ByteBuffer(bytes: [$0]), ByteBuffer()] }
        #expect(try Encoded.octets(pieces) == Array(wire.utf8))
    }

    @Test("S-B1 B1.3 R3030-1 nothing is doubled and nothing ends the content in a chunk", arguments: bodies)
    func chunks(body: String, wire: String) throws {
        let octets = Array(body.utf8)
        for pieces in Cuts.exhaustive(octets) {
            #expect(try Encoded.octets(pieces, .chunkedText) == octets)
        }
    }

    @Test("S-B1 a body of dots grows to less than twice its size")
    func dots() throws {
        let body = Array(String(repeating: ".\r\n", count: 10_000).utf8)
        let wire = try Encoded.octets([ByteBuffer(bytes: body)])
        #expect(wire.count == 40_003)
        #expect(DataReceiver(wire, lineEnds: [[0x0D, 0x0A]]).content == body)
    }

    @Test("R5321-4.5.2-1 a receiver gets back what was sent", arguments: bodies)
    func received(body: String, wire: String) throws {
        let receiver = DataReceiver(try Encoded.octets([ByteBuffer(string: body)]), lineEnds: [[0x0D, 0x0A]])
        let sent = body.isEmpty || body.hasSuffix("\r\n") ? body : body + "\r\n"
        #expect(receiver.content == Array(sent.utf8))
        #expect(receiver.rest.isEmpty)
    }

    static let unchanged = ["a", "abcdefgh", "line\r\nline\r\n", "tab\tform\u{C}", "ü", "a.b\r\nc."]

    @Test("S-B1 a piece that needs no change goes out as it is, without a copy", arguments: unchanged)
    func noCopy(text: String) throws {
        for purpose in [ContentEncoder.Purpose.data, .chunkedText] {
            var encoder = ContentEncoder(purpose: purpose)
            let piece = ByteBuffer.sliceOfLargeStorage(Array(text.utf8))
            let encoded = try encoder.encode(piece)
            #expect(encoded == piece)
            #expect(encoded.storageCapacity == piece.storageCapacity)
        }
    }

    @Test("S-B1 a CR at the end of a piece waits for the next, and what is before it is not copied")
    func pendingCR() throws {
        var encoder = ContentEncoder(purpose: .data)
        let piece = ByteBuffer.sliceOfLargeStorage(Array("abc\r".utf8))
        let encoded = try encoder.encode(piece)
        #expect(encoded.text == "abc")
        #expect(encoded.storageCapacity == piece.storageCapacity)
        #expect(try encoder.encode(ByteBuffer(string: "\nd")).text == "\r\nd")
    }
}
