import NIOCore
import SMTPCore
import Testing

@Suite("Content: line ends and smuggling")
struct SmugglingTests {
    /// A body, and the lines a receiver must see.
    static let bodies = [
        ("x\n.\ny", "x\r\n.\r\ny\r\n"),
        ("x\n.\r\ny", "x\r\n.\r\ny\r\n"),
        ("x\r.\ry", "x\r\n.\r\ny\r\n"),
        ("x\r.\r\ny", "x\r\n.\r\ny\r\n"),
        ("x\r\n.\ny", "x\r\n.\r\ny\r\n"),
        ("x\r\n.\ry", "x\r\n.\r\ny\r\n"),
        ("x\n\r\n.\r\n", "x\r\n\r\n.\r\n"),
        ("x\r\r\n.\r\ny", "x\r\n\r\n.\r\ny\r\n"),
        ("\n.\n", "\r\n.\r\n"),
        ("\r.\r", "\r\n.\r\n"),
        ("\n\r", "\r\n\r\n"),
        ("\r\r", "\r\n\r\n"),
        ("x\r", "x\r\n"),
        (".\r", ".\r\n"),
        ("x\n.\n\nMAIL FROM:<x>\n", "x\r\n.\r\n\r\nMAIL FROM:<x>\r\n"),
    ]

    @Test("S-B2 B2.1 R5321-2.3.8-1 R5322-2.3-1 Q53 CR and LF go out together only", arguments: bodies)
    func together(body: String, lines: String) throws {
        for pieces in Cuts.exhaustive(Array(body.utf8)) {
            let wire = try Encoded.octets(pieces)
            for (index, octet) in wire.enumerated() {
                if octet == 0x0D { #expect(index + 1 < wire.count && wire[index + 1] == 0x0A) }
                if octet == 0x0A { #expect(index > 0 && wire[index - 1] == 0x0D) }
            }
        }
    }

    @Test("S-B2 B2.1 CRLF . CRLF stands at the end and nowhere else", arguments: bodies)
    func oneTerminator(body: String, lines: String) throws {
        let terminator = Array("\r\n.\r\n".utf8)
        for pieces in Cuts.exhaustive(Array(body.utf8)) {
            // The CRLF of 354 stands in front of the first line.
            let wire = [0x0D, 0x0A] + (try Encoded.octets(pieces))
            let places = wire.indices.filter { wire[$0...].starts(with: terminator) }
            #expect(places == [wire.count - terminator.count])
        }
    }

    static let lineEnds: [[[UInt8]]] = [
        [[0x0D, 0x0A]],
        [[0x0D, 0x0A], [0x0A]],
        [[0x0D, 0x0A], [0x0A], [0x0D]],
    ]

    @Test("S-B2 B2.1 no receiver, however lenient, sees a second command", arguments: bodies, lineEnds)
    func receivers(body: (String, String), lineEnds: [[UInt8]]) throws {
        for pieces in Cuts.everywhere(Array(body.0.utf8)) {
            let receiver = DataReceiver(try Encoded.octets(pieces), lineEnds: lineEnds)
            #expect(receiver.content == Array(body.1.utf8))
            #expect(receiver.rest.isEmpty)
        }
    }

    @Test("S-B2 B2.2 CR and LF in different pieces are one line end; CR at the very end is one too")
    func acrossPieces() throws {
        let cases = [
            (["a\r", "\nb"], "a\r\nb\r\n.\r\n"), (["a\r", "b"], "a\r\nb\r\n.\r\n"), (["a\r"], "a\r\n.\r\n"),
            (["a\r", "", "\n"], "a\r\n.\r\n"), (["\r", "\r", "\n"], "\r\n\r\n.\r\n"),
            (["a\r", ".\r"], "a\r\n..\r\n.\r\n"),
            (["a\r", "\n."], "a\r\n..\r\n.\r\n"), (["\r", "\n", "\r", "\n"], "\r\n\r\n.\r\n"),
        ]
        for (pieces, wire) in cases {
            #expect(try Encoded.octets(pieces.map { ByteBuffer(string: $0) }) == Array(wire.utf8))
        }
    }

    @Test("R3030-6 text in chunks has CRLF line ends", arguments: bodies)
    func chunks(body: String, lines: String) throws {
        let wire = try Encoded.text(body, .chunkedText)
        #expect(wire == lines || wire + "\r\n" == lines)
        for pieces in Cuts.exhaustive(Array(body.utf8)) {
            #expect(try Encoded.octets(pieces, .chunkedText) == Array(wire.utf8))
        }
    }

    @Test(
        "S-B2 Q53 random bodies in random pieces agree with a naive encoder",
        arguments: [1, 2, 3, 4] as [UInt64]
    )
    func random(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let alphabet = Array("a.\r\n".utf8)
        for _ in 0..<2500 {
            let length = Int.random(in: 0...40, using: &generator)
            let body = (0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
            }
            let pieces = Cuts.random(body, using: &generator)
            for purpose in [ContentEncoder.Purpose.data, .chunkedText] {
                let wire = try Encoded.octets(pieces, purpose)
                let isRight = wire == Encoded.reference(body, purpose)
                #expect(isRight, "\(body) in pieces \(pieces.map(\.text))")
            }
        }
    }

    @Test(
        "S-B2 random bodies with runs long enough for eight octets at a time",
        arguments: [5, 6] as [UInt64]
    )
    func randomRuns(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let alphabet = [
            "\r", "\n", ".", "\t", "é", "\u{B}\u{C}", "abcdefg", "abcdefgh", "abcdefghijklmnopq",
            "\r\n.\r\n",
        ]
        for _ in 0..<1000 {
            let text = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
            }.joined()
            let body = Array(text.utf8)
            let isRight = try Encoded.octets(Cuts.random(body, using: &generator)) == Encoded.reference(body)
            #expect(isRight, "\(body)")
        }
    }
}
