import NIOCore
import SMTPCore
import Testing

/// Octets from a server, and the replies or the error they are.
struct ReplyFixture: Sendable, CustomTestStringConvertible {
    enum Outcome: Sendable, Hashable {
        case reply(Int, [String])
        case failure(ReplyError.Reason)
    }

    let wire: [UInt8]
    let outcomes: [Outcome]

    init(_ wire: String, _ outcomes: Outcome...) {
        self.wire = Array(wire.utf8)
        self.outcomes = outcomes
    }

    init(octets: [UInt8], _ outcomes: Outcome...) {
        self.wire = octets
        self.outcomes = outcomes
    }

    var testDescription: String { PrintableText.escape(self.wire, limit: 48) }

    /// What the octets turn out to be when they come in these pieces.
    static func read(_ pieces: [ByteBuffer]) -> [Outcome] {
        ReplyReader.events(in: pieces).map { event in
            switch event {
            case .reply(let reply): .reply(reply.code.value, reply.lines)
            case .failure(let error): .failure(error.reason)
            }
        }
    }
}

extension ReplyFixture {
    /// Replies without text.
    static let bare = [
        ReplyFixture("250\r\n", .reply(250, [""])),
        ReplyFixture("250 \r\n", .reply(250, [""])),
        ReplyFixture("220\r\n", .reply(220, [""])),
        ReplyFixture("334\r\n", .reply(334, [""])),
        ReplyFixture("334 \r\n", .reply(334, [""])),
        ReplyFixture("250-\r\n250\r\n", .reply(250, ["", ""])),
        ReplyFixture("250-\r\n250 \r\n", .reply(250, ["", ""])),
        ReplyFixture("250-\r\n250-\r\n250 a\r\n", .reply(250, ["", "", "a"])),
    ]

    /// Replies of several lines.
    static let multiline = [
        ReplyFixture("220-a\r\n220 b\r\n", .reply(220, ["a", "b"])),
        ReplyFixture(
            "220-mail ESMTP\r\n220-no spam\r\n220 \r\n",
            .reply(220, ["mail ESMTP", "no spam", ""])
        ),
        ReplyFixture(
            "554-mx.example\r\n554-No service\r\n554 Bye\r\n",
            .reply(554, ["mx.example", "No service", "Bye"])
        ),
        ReplyFixture("250-250 x\r\n250 -y\r\n", .reply(250, ["250 x", "-y"])),
    ]

    /// Several replies in one segment.
    static let grouped = [
        ReplyFixture(
            "250 a\r\n550 b\r\n354 c\r\n",
            .reply(250, ["a"]),
            .reply(550, ["b"]),
            .reply(354, ["c"])
        ),
        ReplyFixture("250-a\r\n250 b\r\n250 c\r\n", .reply(250, ["a", "b"]), .reply(250, ["c"])),
    ]

    /// Lines that end in LF alone; a lone CR is text.
    static let bareLF = [
        ReplyFixture("250 ok\n", .reply(250, ["ok"])),
        ReplyFixture("250-a\n250 b\n", .reply(250, ["a", "b"])),
        ReplyFixture("250-a\n250-b\r\n250 c\n", .reply(250, ["a", "b", "c"])),
        ReplyFixture("250\n", .reply(250, [""])),
        ReplyFixture("250 a\rb\r\n", .reply(250, ["a\rb"])),
        ReplyFixture("250 a\r\r\n", .reply(250, ["a\r"])),
        ReplyFixture("250 a\r250 b\r\n", .reply(250, ["a\r250 b"])),
    ]

    /// Text outside ASCII.
    static let eightBit = [
        ReplyFixture("550 Größe 大\r\n", .reply(550, ["Größe 大"])),
        ReplyFixture(
            octets: Array("535 Error: ".utf8) + [0xC7, 0xEB, 0x0D, 0x0A],
            .reply(535, ["Error: \u{C7}\u{EB}"])
        ),
        ReplyFixture(
            octets: Array("550-a".utf8) + [0xFF, 0x0D, 0x0A] + Array("550 ü\r\n".utf8),
            .reply(550, ["a\u{FF}", "ü"])
        ),
        ReplyFixture(octets: Array("250 ".utf8) + [0x80, 0x0A], .reply(250, ["\u{80}"])),
        ReplyFixture("250 a\u{0}b\r\n", .reply(250, ["a\u{0}b"])),
    ]

    /// Lines of one reply whose codes differ.
    static let disagreeing = [
        ReplyFixture("220-host ESMTP\r\n521 5.7.1 blocked\r\n", .failure(.codesDisagree(first: .ready))),
        ReplyFixture("250-a\r\n251-b\r\n250 c\r\n", .failure(.codesDisagree(first: .ok))),
        ReplyFixture("250-a\r\n250-b\r\n550 c\r\n", .failure(.codesDisagree(first: .ok))),
        ReplyFixture("250 a\r\n250-b\r\n421 c\r\n", .reply(250, ["a"]), .failure(.codesDisagree(first: .ok))),
    ]

    /// Lines that are no reply.
    static let malformed = [
        ReplyFixture("\r\n", .failure(.malformedCode)),
        ReplyFixture("2\r\n", .failure(.malformedCode)),
        ReplyFixture("25\r\n", .failure(.malformedCode)),
        ReplyFixture("25x ok\r\n", .failure(.malformedCode)),
        ReplyFixture("2506 ok\r\n", .failure(.malformedSeparator)),
        ReplyFixture("2506-me\r\n", .failure(.malformedSeparator)),
        ReplyFixture("250ok\r\n", .failure(.malformedSeparator)),
        ReplyFixture("250\tok\r\n", .failure(.malformedSeparator)),
        ReplyFixture("250_ok\r\n", .failure(.malformedSeparator)),
        ReplyFixture("250\rok\r\n", .failure(.malformedSeparator)),
        ReplyFixture("25 0\r\n", .failure(.malformedCode)),
        ReplyFixture(" 250 ok\r\n", .failure(.malformedCode)),
        ReplyFixture("-50 ok\r\n", .failure(.malformedCode)),
        ReplyFixture("+250 ok\r\n", .failure(.malformedCode)),
        ReplyFixture("000 x\r\n", .failure(.malformedCode)),
        ReplyFixture("100 no\r\n", .failure(.malformedCode)),
        ReplyFixture("199 no\r\n", .failure(.malformedCode)),
        ReplyFixture("600 x\r\n", .failure(.malformedCode)),
        ReplyFixture("999 x\r\n", .failure(.malformedCode)),
        ReplyFixture("٢٥٠ ok\r\n", .failure(.malformedCode)),
        ReplyFixture("２５０ ok\r\n", .failure(.malformedCode)),
        ReplyFixture(octets: [0, 0, 0, 0x1A, 0, 0, 0, 0x0D, 0x0A], .failure(.malformedCode)),
        ReplyFixture("HTTP/1.1 400 Bad Request\r\n", .failure(.malformedCode)),
        ReplyFixture("250-a\r\n\r\n250 b\r\n", .failure(.malformedCode)),
        ReplyFixture("250 a\r\nx\r\n250 b\r\n", .reply(250, ["a"]), .failure(.malformedCode)),
    ]

    /// Connections that end inside a reply.
    static let truncated = [
        ReplyFixture("250-a\r\n", .failure(.truncated)),
        ReplyFixture("250-a\r\n250 b", .failure(.truncated)),
        ReplyFixture("250 a\r\n250-b\r\n", .reply(250, ["a"]), .failure(.truncated)),
    ]

    static let all =
        bare + multiline + grouped + bareLF + eightBit + disagreeing + malformed + truncated
}
