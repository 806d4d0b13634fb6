import Testing

/// Octets of a server and what they mean.
struct ReplyFixture: Sendable, CustomTestStringConvertible {
    let name: String
    let octets: [UInt8]
    /// Replies the server owes.
    let owed: Int
    /// The replies as they print, and how the sequence ends behind them once the server has closed.
    let meaning: [String]

    init(_ name: String, _ octets: String, owed: Int = 1, means meaning: String...) {
        self.init(name, Array(octets.utf8), owed: owed, meaning)
    }

    init(_ name: String, octets: [UInt8], means meaning: String...) {
        self.init(name, octets, owed: 1, meaning)
    }

    private init(_ name: String, _ octets: [UInt8], owed: Int, _ meaning: [String]) {
        self.name = name
        self.octets = octets
        self.owed = owed
        self.meaning = meaning
    }

    var testDescription: String { self.name }

    /// The octets whole, in pieces of one octet, and cut in two everywhere.
    var segmentations: [[ArraySlice<UInt8>]] {
        var result = [[self.octets[...]], self.octets.indices.map { self.octets[$0...$0] }]
        for index in self.octets.indices.dropFirst() {
            result.append([self.octets[..<index], self.octets[index...]])
        }
        return result
    }

    static let all = [
        ReplyFixture("one line", "250 ok\r\n", means: "250 ok", "end"),
        ReplyFixture("code alone", "250\r\n", means: "250", "end"),
        ReplyFixture("code and space", "250 \r\n", means: "250", "end"),
        ReplyFixture("lone LF", "250-a\n250 b\n", means: "250 a\\nb", "end"),
        ReplyFixture("three lines", "250-a\r\n250-b\r\n250 c\r\n", means: "250 a\\nb\\nc", "end"),
        ReplyFixture("empty texts", "250-\r\n250-\r\n250\r\n", means: "250 \\n\\n", "end"),
        ReplyFixture("teaser and bare last line", "220-mx\r\n220 \r\n", means: "220 mx\\n", "end"),
        ReplyFixture("lone CR in a text", "250 a\rb\r\n", means: "250 a\\rb", "end"),
        ReplyFixture("empty lines around", "\r\n250 a\r\n\r\n", means: "250 a", "end"),
        ReplyFixture(
            "several replies",
            "250 a\r\n550-b\r\n550 c\r\n334 d\r\n",
            owed: 3,
            means: "250 a",
            "550 b\\nc",
            "334 d",
            "end"
        ),
        ReplyFixture(
            "replies with empty lines between",
            "250-a\r\n250 b\r\n\r\n250 c\r\n",
            owed: 2,
            means: "250 a\\nb",
            "250 c",
            "end"
        ),
        ReplyFixture("Latin-1", octets: Array("250 ".utf8) + [0xFC, 0x0D, 0x0A], means: "250 ü", "end"),
        ReplyFixture("no reply", "", means: "end"),
        ReplyFixture("fewer than owed", "250 a\r\n", owed: 2, means: "250 a", "end"),
        ReplyFixture("unfinished line", "250 a\r\n250 b", owed: 2, means: "250 a", "end"),
        ReplyFixture(
            "unfinished reply",
            "250 a\r\n250-b\r\n250-c\r\n",
            owed: 2,
            means: "250 a",
            "malformedReply truncated"
        ),
        ReplyFixture("empty line inside", "250-a\r\n\r\n250 b\r\n", means: "malformedReply emptyLine"),
        ReplyFixture(
            "no separator",
            "250 a\r\n250ok\r\n",
            owed: 2,
            means: "250 a",
            "malformedReply malformedSeparator"
        ),
        ReplyFixture("no code", "OK\r\n", means: "malformedReply malformedCode"),
        ReplyFixture("code out of range", "199 no\r\n", means: "malformedReply malformedCode"),
        ReplyFixture(
            "binary",
            octets: [0, 0, 0, 0x1A, 0, 0, 0, 0x0A],
            means: "malformedReply malformedCode"
        ),
        ReplyFixture(
            "codes that disagree",
            "220-a\r\n521 b\r\n",
            means: "malformedReply codesDisagree(first: 220)"
        ),
        ReplyFixture("one reply too many", "250 a\r\n250 b\r\n", means: "250 a", "unsolicitedData 250 b"),
        ReplyFixture("421 nobody asked for", "250 a\r\n421 b\r\n", means: "250 a", "serverClosing 421 b"),
    ]
}
