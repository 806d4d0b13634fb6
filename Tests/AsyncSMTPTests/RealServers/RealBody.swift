import Foundation
import Testing

/// One content to send, header and body.
struct RealBody: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let octets: [UInt8]

    /// Whether 8BITMIME is needed.
    var isEightBit: Bool { self.octets.contains { $0 >= 0x80 } }

    private init(_ name: String, _ octets: [UInt8]) {
        self.testDescription = name
        self.octets = octets
    }

    /// Content without a header.
    private init(bare body: String) {
        self.init("bare \(body.debugDescription)", Array(body.utf8))
    }

    private init(_ body: String) {
        self.init(body.debugDescription, Self.header + Array(body.utf8))
    }

    private init(_ name: String, body: [UInt8]) {
        self.init(name, Self.header + body)
    }

    private static let header = Array("Subject: octet by octet\r\nFrom: a@client.example\r\n\r\n".utf8)

    static let all = Self.dots + Self.lineEnds + Self.shapes

    /// S-B1.1, and dots wherever else one can stand.
    static let dots: [RealBody] =
        [
            "", ".", ".\r\n", "a\r\n\r\n.\r\nMAIL FROM:<x>\r\n", "a", "a\r\n", "..", "a.\r\n.b",
            ".a\r\n", "...\r\n", "\r\n.\r\n",
        ].map(RealBody.init(bare:))
        + [
            ".", ".\r\n", "..\r\n", ".\r\n.\r\n.\r\n", "a\r\n.", "a\r\n..", ".a\r\n..b\r\n...c\r\n....\r\n",
            "a.\r\nb. \r\n .\r\n\t.\r\n", "\r\n\r\n.\r\n\r\n", ".\r\nQUIT\r\n.\r\nRSET\r\n",
        ].map { RealBody($0) }

    /// S-B2.1, and CR and LF wherever else they can stand alone.
    static let lineEnds: [RealBody] = [
        "x\n.\ny", "x\n.\r\ny", "x\r.\ry", "x\r.\r\ny", "x\r\n.\ny", "x\r\n.\ry", "x\n\r\n.\r\n",
        "x\r\r\n.\r\ny", "\n.\n", "\n", "\r", "\r\r", "\n\n", "\n\r", "x\r", "x\n", "x\r\n\r", "x\r\n\n",
        "a\nb\n..\n.c\n", "a\rb\r..\r.c\r",
    ].map { RealBody($0) }

    /// Everything else that may come.
    static let shapes: [RealBody] = [
        RealBody("header only", Array("Subject: no empty line\r\n".utf8)),
        RealBody("header only, no line end", Array("Subject: no line end".utf8)),
        RealBody("empty body", body: []),
        RealBody("empty lines", body: Array(String(repeating: "\r\n", count: 100).utf8)),
        RealBody("no final line end", body: Array("the last line has no line end".utf8)),
        RealBody("a line of 998 octets", body: Array(repeating: 0x78, count: 998) + [0x0D, 0x0A]),
        RealBody("998 octets, dot first", body: [0x2E] + Array(repeating: 0x78, count: 997) + [0x0D, 0x0A]),
        RealBody("998 octets, no line end", body: Array(repeating: 0x78, count: 998)),
        RealBody("every 7-bit octet", body: (1...127).filter { $0 != 0x0A && $0 != 0x0D } + [0x0D, 0x0A]),
        RealBody("every 8-bit octet", body: (0x80...0xFF) + [0x0D, 0x0A]),
        RealBody("UTF-8", body: Array("Grüße, 世界 \u{1F4E8}\n".utf8)),
        RealBody("From line", body: Array("From here on\r\n>From there\r\n".utf8)),
        RealBody("CRLF cut between pieces", body: Self.acrossPieces("\r\n.\r\n..\r\nx", cut: 1)),
        RealBody("dot first in a piece", body: Self.acrossPieces("\r\n.\r\n..\r\nx", cut: 2)),
        RealBody("lone CR last in a piece", body: Self.acrossPieces("\r.\r\nx", cut: 1)),
        RealBody("lone LF last in a piece", body: Self.acrossPieces("\n.\nx", cut: 1)),
    ]

    /// A body that is read in several pieces of 256 KiB, the first two of which end `cut` octets into `text`.
    private static func acrossPieces(_ text: String, cut: Int) -> [UInt8] {
        let pieceLength = 256 * 1024
        var body: [UInt8] = []
        for _ in 0..<2 {
            let end = (body.count + Self.header.count) / pieceLength * pieceLength + pieceLength
            let line = Array((String(repeating: "-", count: 76) + "\r\n").utf8)
            while body.count + Self.header.count + line.count < end - cut { body += line }
            body += Array(repeating: 0x2D, count: end - cut - body.count - Self.header.count)
            body += Array(text.utf8)
        }
        return body
    }
}
