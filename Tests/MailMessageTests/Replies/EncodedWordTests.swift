import MailAddress
import MailMessage
import Testing

@Suite("RFC 2047: encoded-words that are read")
struct EncodedWordTests {
    /// A subject as written, and as people read it.
    struct Row: Sendable, CustomTestStringConvertible {
        let written: String
        let read: String

        var testDescription: String { self.written }

        init(_ written: String, _ read: String) {
            self.written = written
            self.read = read
        }
    }

    static let decoded = [
        Row("plain words", "plain words"),
        Row("=?utf-8?B?R3LDvMOfZQ==?=", "Grüße"),
        Row("=?UTF-8?q?Gr=C3=BC=C3=9Fe_an_alle?=", "Grüße an alle"),
        Row("=?iso-8859-1?Q?Gr=FC=DFe?=", "Grüße"),
        Row("=?Windows-1252?Q?=93a=94_=80=9F?=", "“a” €Ÿ"),
        Row("=?us-ascii*en?Q?a=62?=", "ab"),
        Row("a =?utf-8?Q?b?= c", "a b c"),
        Row("=?utf-8?Q??=x", "=?utf-8?Q??=x"),
        Row("[=?utf-8?Q?b?=]", "[=?utf-8?Q?b?=]"),
        Row("a\tb", "a b"),
    ]

    static let adjacent = [
        Row("=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab"),
        Row("=?utf-8?Q?a?=  \t =?utf-8?Q?b?=", "ab"),
        Row("=?utf-8?Q?a?=\r\n =?iso-8859-1?Q?=E4?=", "aä"),
        Row("=?utf-8?Q?a?=\r\n\t=?utf-8?Q?_b?= c", "a b c"),
        Row("=?utf-8?Q?a?==?utf-8?Q?b?=", "ab"),
        Row("=?utf-8?Q?=C3?= =?utf-8?Q?=BC?=", "ü"),
    ]

    static let left = [
        "=?x?q?=41=42?=", "=?utf-8?x?ab?=", "=?utf-8?Q?=4?=", "=?utf-8?Q?=4G?=", "=?utf-8?B?abc?=",
        "=?utf-8?B?a*c=?=",
        "=?utf-8?Q?ab?", "=?utf-8?Q?ab", "=?utf-8?Q", "=?utf-8", "=?", "=", "=?utf-8?Q?a?b?=",
        "=?utf-8?QQ?ab?=", "=????=",
    ]

    static let controls = [
        Row("=?utf-8?Q?a=0D=0ABcc:_b@c.example?=", "a\u{FFFD}\u{FFFD}Bcc: b@c.example"),
        Row("=?utf-8?Q?=00=09=1F=7F?=", "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
        Row("=?iso-8859-1?Q?=85=9F?=", "\u{FFFD}\u{FFFD}"),
        Row("=?windows-1252?Q?=81=9D?=", "\u{FFFD}\u{FFFD}"),
        Row("=?utf-8?Q?=E2=80=A8=E2=80=A9=C2=85?=", "\u{FFFD}\u{FFFD}\u{FFFD}"),
        Row("=?us-ascii?Q?=E4?=", "\u{FFFD}"),
        Row("=?utf-8?Q?=FF?=", "\u{FFFD}"),
        Row("a\u{0}b\u{1B}[2J", "a\u{FFFD}b\u{FFFD}[2J"),
    ]

    @Test("R2047-1 words are decoded where they stand alone", arguments: Self.decoded)
    func decodes(_ row: Row) throws {
        #expect(try Self.subject(row.written) == row.read)
    }

    @Test("R2047-1 white space between adjacent words is dropped", arguments: Self.adjacent)
    func joins(_ row: Row) throws {
        #expect(try Self.subject(row.written) == row.read)
    }

    @Test("S-B6.2 an unknown character set or a malformed word is left as written", arguments: Self.left)
    func leaves(_ word: String) throws {
        #expect(try Self.subject("a \(word) b") == "a \(word) b")
        let header = try ReceivedHeader(parsing: "From: \"\(word)\" <a@b.example>\r\n\r\n".utf8)
        #expect(header.from.first?.mailboxes.first?.displayName == word)
    }

    @Test("S-B6.1 controls do not come out of a word", arguments: Self.controls)
    func replacesControls(_ row: Row) throws {
        #expect(try Self.subject(row.written) == row.read)
    }

    private static func subject(_ text: String) throws -> String {
        try ReceivedHeader(parsing: "Subject: \(text)\r\n\r\n".utf8).subject
    }
}
