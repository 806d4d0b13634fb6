import MailAddress
import NIOCore
import SMTPCore
import Testing

@Suite("Commands: their octets")
struct CommandLineTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let wire: String
        let command: @Sendable () throws -> Command

        init(_ wire: String, _ command: @escaping @Sendable @autoclosure () throws -> Command) {
            self.wire = wire
            self.command = command
        }

        var testDescription: String { self.wire }
    }

    static let commands = [
        Row("EHLO client.example.org", .ehlo(try HelloName("client.example.org"))),
        Row("EHLO [192.0.2.1]", .ehlo(try HelloName("[192.0.2.1]"))),
        Row("HELO client.example.org", .helo(try HelloName("Client.Example.ORG"))),
        Row("LHLO [IPv6:2001:db8::1]", .lhlo(try HelloName("[IPv6:2001:db8::1]"))),
        Row("MAIL FROM:<User@example.org>", try Wire.mail("User@Example.ORG")),
        Row("MAIL FROM:<>", try Wire.mail("")),
        Row(
            "MAIL FROM:<a@b.example> SIZE=10 X",
            try Wire.mail("a@b.example", .init("size", value: "10"), .init("x"))
        ),
        Row("RCPT TO:<User@example.org>", try Wire.rcpt("User@example.org")),
        Row("RCPT TO:<Postmaster>", try Wire.rcpt("postmaster")),
        Row("RCPT TO:<a@b.example> X=1", try Wire.rcpt("a@b.example", .init("X", value: "1"))),
        Row("DATA", .data),
        Row("BDAT 0", .bdat(length: 0, isLast: false)),
        Row("BDAT 1000 LAST", .bdat(length: 1000, isLast: true)),
        Row("RSET", .reset),
        Row("VRFY user", .verify("user", smtpUTF8: false)),
        Row("VRFY üser SMTPUTF8", .verify("üser", smtpUTF8: true)),
        Row("EXPN staff list", .expand("staff list", smtpUTF8: false)),
        Row("HELP", .help(nil)),
        Row("HELP MAIL", .help("MAIL")),
        Row("NOOP", .noop(nil)),
        Row("NOOP ping", .noop("ping")),
        Row("QUIT", .quit),
        Row("AUTH PLAIN", .auth(mechanism: "plain", initialResponse: nil)),
        Row(
            "AUTH PLAIN AHVzZXIAcGVuY2ls",
            .auth(mechanism: "PLAIN", initialResponse: Array("\0user\0pencil".utf8))
        ),
        Row("XCLIENT NAME=x", .other(verb: "xclient", argument: "NAME=x")),
        Row("X-Y2".uppercased(), .other(verb: "x-y2", argument: nil)),
    ]

    @Test("R5321-2.4-1 verbs in upper case, local parts in their own, CRLF at the end", arguments: commands)
    func line(row: Row) throws {
        let command = try row.command()
        #expect(try Wire.text(command, allowsUTF8: true) == row.wire + "\r\n")
        #expect(row.wire.hasPrefix(command.verb))
    }

    @Test("R5321-2.3.8-1 one CR and one LF in a command, at its end", arguments: commands)
    func lineEnds(row: Row) throws {
        let octets = try Array(Wire.text(row.command(), allowsUTF8: true).utf8)
        #expect(octets.suffix(2) == [0x0D, 0x0A])
        #expect(octets.dropLast(2).allSatisfy { $0 >= 0x20 && $0 != 0x7F })
    }

    static let noArguments = [
        Row("NOOP", .noop("")), Row("HELP", .help("")), Row("XFOO", .other(verb: "XFOO", argument: "")),
    ]

    @Test("R5321-2.4-1 an empty argument leaves no blank behind the verb", arguments: noArguments)
    func emptyArgument(row: Row) throws {
        #expect(try Wire.text(row.command()) == row.wire + "\r\n")
    }

    @Test("R5321-2.4-1 commands follow each other in a buffer")
    func group() throws {
        var buffer = ByteBuffer()
        let encoder = CommandEncoder()
        for command in [Command.reset, try Wire.mail("a@b.example"), .data] {
            try encoder.encode(command, into: &buffer)
        }
        #expect(buffer.text == "RSET\r\nMAIL FROM:<a@b.example>\r\nDATA\r\n")
    }

    static let senders = [
        Row("MAIL FROM:<>", try Wire.mail("<>")),
        Row("MAIL FROM:<a@b.example>", try Wire.mail("a@b.example")),
        Row(
            "MAIL FROM:<a@b.example> BODY=8BITMIME SMTPUTF8",
            try Wire.mail("a@b.example", .init(parsing: "BODY=8BITMIME"), .init(parsing: "SMTPUTF8"))
        ),
    ]

    @Test(
        "R5321-4.1.1.2-1 Q49 S-A4 A4.2 no blank round the colon, one before each parameter",
        arguments: senders
    )
    func mail(row: Row) throws {
        #expect(try Wire.text(row.command()) == row.wire + "\r\n")
    }

    static let postmasters = ["Postmaster", "postmaster", "POSTMASTER"]

    @Test("R5321-4.1.1.3-1 the postmaster needs no domain", arguments: postmasters)
    func postmaster(text: String) throws {
        #expect(try Wire.text(Wire.rcpt(text)) == "RCPT TO:<Postmaster>\r\n")
    }

    static let noRecipients = [
        "", "<>", "@a.example,@b.example:c@d.example", "a@b.example,c@d.example", "user", "a b@x",
    ]

    @Test("R5321-4.1.1.3-1 S-A4 A4.1 one path, no null path, no source route", arguments: noRecipients)
    func noRecipient(text: String) {
        #expect(throws: AddressError.self) { try ForwardPath(text) }
    }

    static let localParts = [
        ("\"abc\"@x.example", "<abc@x.example>"),
        ("\"a.b\"@x.example", "<a.b@x.example>"),
        ("\"a\\b\"@x.example", "<ab@x.example>"),
        ("\"a b\"@x.example", "<\"a b\"@x.example>"),
        ("\"a\\ b\"@x.example", "<\"a b\"@x.example>"),
        ("\"a..b\"@x.example", "<\"a..b\"@x.example>"),
        ("\"a\\\"b\\\\c\"@x.example", "<\"a\\\"b\\\\c\"@x.example>"),
        ("\"a@b\"@x.example", "<\"a@b\"@x.example>"),
        ("!#$%&'*+-/=?^_`{|}~@x.example", "<!#$%&'*+-/=?^_`{|}~@x.example>"),
    ]

    @Test("R5321-4.1.2-1 a local part is quoted only where it must be", arguments: localParts)
    func quoting(text: String, path: String) throws {
        #expect(try Wire.text(Wire.mail(text)) == "MAIL FROM:\(path)\r\n")
        #expect(try Wire.text(Wire.rcpt(text)) == "RCPT TO:\(path)\r\n")
        #expect(try ReversePath(text).description == path)
        #expect(try ForwardPath(text).description == path)
    }

    static let literals = [
        ("[192.0.2.1]", true), ("[0.0.0.0]", true), ("[255.255.255.255]", true),
        ("[IPv6:2001:db8::1]", true), ("[IPv6:::1]", true), ("[IPv6:::ffff:192.0.2.1]", true),
        ("[192.0.2.01]", false), ("[192.0.2.256]", false), ("[192.0.2]", false), ("[192.0.2.1.1]", false),
        ("[2001:db8::1", false), ("[IPv6:2001:db8::1::2]", false), ("[IPv6:12345::]", false), ("[]", false),
        ("[IPv6:]", false), ("[mail.example.org]", false), ("[192.0.2.1 ]", false),
    ]

    @Test("R5321-4.1.3-1 address literals", arguments: literals)
    func literal(text: String, isValid: Bool) throws {
        guard isValid else {
            #expect(throws: AddressError.self) { try HelloName(text) }
            #expect(throws: AddressError.self) { try ForwardPath("user@\(text)") }
            return
        }
        #expect(try Wire.text(.ehlo(HelloName(text))) == "EHLO \(text)\r\n")
        #expect(try Wire.text(Wire.rcpt("user@\(text)")) == "RCPT TO:<user@\(text)>\r\n")
    }

    static let addresses = [
        ("192.0.2.1", "[192.0.2.1]"), ("2001:db8::1", "[IPv6:2001:db8::1]"), ("::1", "[IPv6:::1]"),
    ]

    @Test("R5321-4.1.3-1 an IP address becomes a literal", arguments: addresses)
    func addressLiteral(address: String, literal: String) {
        #expect(HelloName(literalOf: address)?.description == literal)
    }
}
