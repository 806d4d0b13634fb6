import NIOCore
import SMTPCore
import Testing

@Suite("Extensions: the EHLO reply")
struct ServerExtensionsTests {
    @Test("R5321-4.1.1.1-2 the first line is the server's name and no keyword")
    func greeting() throws {
        let reply = try ReplyReader.reply("250-SIZE greets you\r\n250-8BITMIME\r\n250 HELP\r\n")
        let extensions = ServerExtensions(ehlo: reply)
        #expect(extensions.serverName == "SIZE")
        #expect(!extensions.offers(.size))
        #expect(extensions.keywords == [.eightBitMIME, .help])
    }

    static let names: [(String, String?)] = [
        ("250 mail.example.org\r\n", "mail.example.org"),
        ("250 mail.example.org Hello\r\n", "mail.example.org"),
        ("250\r\n", nil), ("250 \r\n", nil), ("250-\r\n250 SIZE\r\n", nil),
    ]

    @Test("R5321-4.1.1.1-2 Q13 the server's name, where it has one", arguments: names)
    func serverName(wire: String, name: String?) throws {
        #expect(ServerExtensions(ehlo: try ReplyReader.reply(wire)).serverName == name)
    }

    static let lines: [(line: String, keyword: ExtensionKeyword, parameters: [String])] = [
        ("SIZE 1000", .size, ["1000"]),
        ("starttls", .startTLS, []),
        ("Size 100", .size, ["100"]),
        ("   SIZE 1000", .size, ["1000"]),
        ("SIZE 1000   ", .size, ["1000"]),
        ("SIZE\t1000", .size, ["1000"]),
        ("\tSIZE   1000\t2", .size, ["1000", "2"]),
        ("8bitMime", .eightBitMIME, []),
        ("X-UNKNOWN a b=c", "X-UNKNOWN", ["a", "b=c"]),
        ("XFOO=bar baz", "XFOO", ["bar", "baz"]),
        ("XFOO=", "XFOO", []),
        ("SMTPUTF8 whatever else", .smtpUTF8, ["whatever", "else"]),
        ("X.1_a", "x.1_A", []),
    ]

    @Test("R5321-4.1.1.1-2 Q05 R6531-4 keywords in any case, words by any blanks", arguments: lines)
    func line(line: String, keyword: ExtensionKeyword, parameters: [String]) throws {
        let extensions = try ServerExtensions.offering(line)
        #expect(extensions.keywords == [keyword])
        #expect(extensions.offers(keyword))
        #expect(extensions.parameters(of: keyword) == parameters)
        #expect(extensions.parameters(of: "OTHER") == nil)
    }

    @Test("Q05 empty lines among the keywords, and at the end as smtp-sink has it")
    func emptyLines() throws {
        let extensions = try ServerExtensions.offering("", "PIPELINING", "   ", "8BITMIME", "")
        #expect(extensions.keywords == [.pipelining, .eightBitMIME])
    }

    static let mechanisms: [(lines: [String], mechanisms: [String])] = [
        (["AUTH PLAIN LOGIN"], ["PLAIN", "LOGIN"]),
        (["AUTH=LOGIN PLAIN"], ["LOGIN", "PLAIN"]),
        (["AUTH=LOGIN"], ["LOGIN"]),
        (["AUTH=LOGIN PLAIN", "AUTH PLAIN CRAM-MD5"], ["LOGIN", "PLAIN", "CRAM-MD5"]),
        (["AUTH PLAIN EXTERNAL PLAIN XOAUTH2"], ["PLAIN", "EXTERNAL", "XOAUTH2"]),
        (["AUTH PLAIN", "auth=plain", "Auth login"], ["PLAIN", "LOGIN"]),
        (["auth scram-sha-256"], ["SCRAM-SHA-256"]),
        (["X-EXPS GSSAPI NTLM LOGIN"], ["GSSAPI", "NTLM", "LOGIN"]),
        (["X-EXPS=LOGIN"], ["LOGIN"]),
        (["X-EXPS GSSAPI", "AUTH LOGIN", "X-EXPS=LOGIN"], ["GSSAPI", "LOGIN"]),
        (["AUTH"], []),
        (["AUTH="], []),
    ]

    @Test(
        "R4954-1 Q01 Q02 Q03 Q04 mechanisms from every AUTH line, each once, in order",
        arguments: mechanisms
    )
    func authentication(lines: [String], mechanisms: [String]) throws {
        let extensions = try ServerExtensions.offering(lines)
        #expect(extensions.authenticationMechanisms == mechanisms)
        #expect(extensions.offers(.auth))
        #expect(extensions.keywords == [.auth])
    }

    static let sizes: [(line: String, limit: UInt64?)] = [
        ("SIZE 35882577", 35_882_577),
        ("SIZE 1", 1),
        ("SIZE", nil),
        ("SIZE 0", nil),
        ("SIZE 00", nil),
        ("SIZE 1 2 3", 1),
        ("SIZE=1000", 1000),
        ("SIZE 18446744073709551615", .max),
        ("SIZE 18446744073709551616", nil),
        ("SIZE 99999999999999999999", nil),
        ("SIZE 99999999999999999999999", nil),
        ("SIZE -1", nil),
        ("SIZE +1", nil),
        ("SIZE abc", nil),
        ("SIZE 1k", nil),
        ("SIZE ١٠", nil),
    ]

    @Test("R1870-3 Q10 S-E4 E4.2 no number, zero, junk and overflow mean no limit", arguments: sizes)
    func size(line: String, limit: UInt64?) throws {
        let extensions = try ServerExtensions.offering(line)
        #expect(extensions.maximumMessageSize == limit)
        #expect(extensions.offers(.size))
    }

    @Test("R1870-3 no SIZE, no limit")
    func noSize() throws {
        #expect(try ServerExtensions.offering("HELP").maximumMessageSize == nil)
    }

    static let limits: [(line: String, mail: Int?, rcpt: Int?, domain: Int?)] = [
        ("LIMITS MAILMAX=1 RCPTMAX=20 RCPTDOMAINMAX=300", 1, 20, 300),
        ("LIMITS rcptmax=5", nil, 5, nil),
        ("LIMITS RCPTMAX=999999", nil, 999_999, nil),
        ("LIMITS RCPTMAX=1000000", nil, nil, nil),
        ("LIMITS RCPTMAX=0", nil, nil, nil),
        ("LIMITS RCPTMAX=-1 MAILMAX=2", 2, nil, nil),
        ("LIMITS RCPTMAX=+1", nil, nil, nil),
        ("LIMITS RCPTMAX= MAILMAX RCPTDOMAINMAX=x", nil, nil, nil),
        ("LIMITS FOO=7 MAILMAX=2 =3", 2, nil, nil),
        ("LIMITS RCPTMAX=99999999999999999999", nil, nil, nil),
        ("LIMITS RCPTMAX=1=2", nil, nil, nil),
        ("LIMITS", nil, nil, nil),
        ("HELP", nil, nil, nil),
    ]

    @Test("R9422-1 LIMITS: known names, 1 to 999999, everything else ignored", arguments: limits)
    func checkLimits(line: String, mail: Int?, rcpt: Int?, domain: Int?) throws {
        let limits = try ServerExtensions.offering(line).limits
        #expect(limits.transactions == mail)
        #expect(limits.recipients == rcpt)
        #expect(limits.recipientDomains == domain)
    }

    @Test("R5321-4.1.1.1-4 after HELO nothing is offered")
    func helo() {
        #expect(ServerExtensions.none.keywords.isEmpty)
        #expect(ServerExtensions.none.authenticationMechanisms.isEmpty)
        #expect(!ServerExtensions.none.offers(.auth))
        #expect(!ServerExtensions.none.offers(.startTLS))
    }

    @Test("R5321-4.1.4-1 Q07 R9422-1 a later EHLO replaces everything")
    func replacement() throws {
        var extensions = try ServerExtensions.offering(
            "AUTH PLAIN",
            "SIZE 10",
            "LIMITS RCPTMAX=3",
            "DSN",
            "XFOO a"
        )
        extensions = try ServerExtensions.offering("DSN", "MT-PRIORITY")
        #expect(extensions.keywords == [.dsn, .mtPriority])
        #expect(extensions.authenticationMechanisms.isEmpty)
        #expect(extensions.maximumMessageSize == nil)
        #expect(extensions.limits.recipients == nil)
        #expect(extensions.parameters(of: "XFOO") == nil)
    }

    @Test("S-E9 400 keywords, each twice and in another case the second time")
    func flood() throws {
        let lines = (0..<200).map { "KEY\($0) a" } + (0..<200).map { "key\($0) b" }
        let extensions = try ServerExtensions.offering(lines)
        #expect(extensions.keywords == (0..<200).map { ExtensionKeyword("KEY\($0)") })
        #expect(extensions.parameters(of: "KEY7") == ["a", "b"])
    }

    static let junk: [[UInt8]] = [
        [0x00], [0xFF, 0xFE], Array("=".utf8), Array("=LOGIN".utf8), Array("-SIZE 1".utf8),
        Array("ÀUTH PLAIN".utf8),
        Array("<html>".utf8), Array("!@#$%".utf8), Array("AU\u{301}TH LOGIN".utf8), [0x41, 0x80, 0x42],
        Array("\u{2028}SIZE".utf8),
    ]

    @Test("S-E9 junk is no keyword, and what stands round it is read", arguments: junk)
    func checkJunk(octets: [UInt8]) throws {
        let wire = Array("250-host\r\n250-8BITMIME\r\n250-".utf8) + octets + Array("\r\n250 DSN\r\n".utf8)
        guard case .reply(let reply) = try #require(ReplyReader.events(in: [ByteBuffer(bytes: wire)]).first)
        else {
            Issue.record("no reply")
            return
        }
        #expect(ServerExtensions(ehlo: reply).keywords == [.eightBitMIME, .dsn])
    }

    @Test("S-E9 NUL in front of, in and behind a keyword's parameters")
    func nul() throws {
        let extensions = try ServerExtensions.offering("\u{0}SIZE\u{0}100\u{0}")
        #expect(extensions.maximumMessageSize == 100)
    }
}
