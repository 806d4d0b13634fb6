import MailAddress
import NIOCore
import SMTPCore
import Testing

@Suite("Commands: injection")
struct CommandInjectionTests {
    static let controls: [UInt8] = Array(0x00...0x1F) + [0x7F]

    /// C1 controls and the line separators of Unicode, which some readers take for line ends.
    static let unicodeControls = (0x80...0x9F).map { $0 as UInt32 } + [0x2028, 0x2029]

    /// An argument that reaches the encoder as text.
    enum Argument: String, Sendable, CaseIterable {
        case verify, expand, help, noop, otherVerb, otherArgument, mechanism

        func command(_ text: String, smtpUTF8: Bool = false) -> Command {
            switch self {
            case .verify: .verify(text, smtpUTF8: smtpUTF8)
            case .expand: .expand(text, smtpUTF8: smtpUTF8)
            case .help: .help(text)
            case .noop: .noop(text)
            case .otherVerb: .other(verb: text, argument: nil)
            case .otherArgument: .other(verb: "XFOO", argument: text)
            case .mechanism: .auth(mechanism: text, initialResponse: nil)
            }
        }
    }

    /// A text with a character at its start, inside and at its end, and where that is.
    private static func texts(with character: String) -> [(text: String, position: Int)] {
        [(character + "PLAIN", 0), ("PL" + character + "AIN", 2), ("PLAIN" + character, 5)]
    }

    private func error(_ command: Command, allowsUTF8: Bool) -> CommandError? {
        // What was in the buffer before, a group of commands perhaps, must be all that is there afterwards.
        var buffer = ByteBuffer(string: "RSET\r\n")
        let before = buffer
        let error = #expect(throws: CommandError.self) {
            try CommandEncoder(allowsUTF8: allowsUTF8).encode(command, into: &buffer)
        }
        #expect(buffer == before)
        return error
    }

    @Test("S-A1 A1.4 every control character in every argument", arguments: Argument.allCases, controls)
    func checkControls(argument: Argument, control: UInt8) {
        for (text, position) in Self.texts(with: String(Unicode.Scalar(control))) {
            for smtpUTF8 in [false, true] {
                let error = self.error(argument.command(text, smtpUTF8: smtpUTF8), allowsUTF8: smtpUTF8)
                #expect(error?.reason == .controlCharacter)
                #expect(error?.position == position)
                #expect(error?.byte == control)
            }
        }
    }

    @Test("S-A1 C1 controls and line separators with SMTPUTF8", arguments: unicodeControls)
    func checkUnicodeControls(value: UInt32) throws {
        let character = String(try #require(Unicode.Scalar(value)))
        for argument in [Argument.verify, .expand, .help, .noop, .otherArgument] {
            for (text, position) in Self.texts(with: character) {
                let error = self.error(argument.command(text, smtpUTF8: true), allowsUTF8: true)
                #expect(error?.reason == .controlCharacter)
                // The octet that makes the character one of these is its last.
                #expect(error?.position == position + character.utf8.count - 1)
            }
        }
    }

    @Test("S-A1 their neighbours are no controls", arguments: [0xA0, 0xBF, 0x2027, 0x202A, 0x20A8, 0x1F600])
    func unicodeNeighbours(value: UInt32) throws {
        let text = String(try #require(Unicode.Scalar(value)))
        #expect(try Wire.text(.noop(text), allowsUTF8: true) == "NOOP \(text)\r\n")
        #expect(try Wire.text(.verify(text, smtpUTF8: true)) == "VRFY \(text) SMTPUTF8\r\n")
    }

    @Test("R6531-1 text outside ASCII without SMTPUTF8", arguments: Argument.allCases)
    func nonASCII(argument: Argument) {
        let error = self.error(argument.command("ABCé"), allowsUTF8: false)
        #expect(error?.reason == .nonASCII)
        #expect(error?.position == 3)
        #expect(error?.byte == 0xC3)
    }

    @Test("R6531-2 VRFY and EXPN declare SMTPUTF8 themselves, whatever the session did")
    func queries() throws {
        #expect(try Wire.text(.expand("ü", smtpUTF8: true), allowsUTF8: false) == "EXPN ü SMTPUTF8\r\n")
        #expect(self.error(.expand("ü", smtpUTF8: false), allowsUTF8: true)?.reason == .nonASCII)
    }

    static let texts: [(argument: Argument, text: String, reason: CommandError.Reason)] = [
        (.verify, "", .empty),
        (.expand, "", .empty),
        (.otherVerb, "", .empty),
        (.mechanism, "", .empty),
        (.otherVerb, "X FOO", .unexpectedCharacter),
        (.otherVerb, "X_FOO", .unexpectedCharacter),
        (.otherVerb, "MAIL:", .unexpectedCharacter),
        (.mechanism, "PLAIN AHVz", .unexpectedCharacter),
        (.mechanism, "PLAIN.", .unexpectedCharacter),
        (.mechanism, "A12345678901234567890", .tooLong(limit: 20)),
    ]

    @Test("S-A1 A1.4 what is no verb, no mechanism, or nothing", arguments: texts)
    func checkTexts(argument: Argument, text: String, reason: CommandError.Reason) {
        #expect(self.error(argument.command(text), allowsUTF8: true)?.reason == reason)
    }

    @Test("S-A1 A1.1 a line break and a command behind it, in every path")
    func secondCommand() {
        for text in [
            "a@b\r\nRCPT TO:<evil@x>", "a@b>\r\nRCPT TO:<evil@x", "\"a\r\nb\"@x.example", "a@[192.0.2.1\r\n]",
        ] {
            let sender = #expect(throws: AddressError.self) { try ReversePath(text) }
            #expect(sender?.byte == 0x0D)
            let recipient = #expect(throws: AddressError.self) { try ForwardPath(text) }
            #expect(recipient?.byte == 0x0D)
        }
    }

    static let places: [(head: String, tail: String)] = [
        ("", "user@example.org"), ("us", "er@example.org"), ("user", "@example.org"),
        ("\"", "a b\"@example.org"), ("\"a ", "b\"@example.org"), ("\"a b", "\"@example.org"),
        ("user@", "example.org"), ("user@exam", "ple.org"), ("user@example.org", ""),
        ("user@[", "192.0.2.1]"), ("user@[192.", "0.2.1]"), ("user@[192.0.2.1", "]"),
        ("\"a\\", "b\"@example.org"),
    ]

    @Test("S-A1 A1.2 A1.3 every control character in every place of a path", arguments: places, controls)
    func paths(place: (head: String, tail: String), control: UInt8) {
        let text = place.head + String(Unicode.Scalar(control)) + place.tail
        for error in [
            #expect(throws: AddressError.self) { try ReversePath(text) },
            #expect(throws: AddressError.self) { try ForwardPath(text) },
        ] {
            #expect(error?.reason == .controlCharacter)
            #expect(error?.position == place.head.utf8.count)
            #expect(error?.byte == control)
        }
    }

    @Test("S-A1 BDAT of less than nothing")
    func negativeLength() {
        #expect(self.error(.bdat(length: -1, isLast: false), allowsUTF8: false)?.reason == .invalidValue)
    }

    @Test("S-A1 an error says which argument, which octet and where")
    func description() {
        let error = self.error(.noop("a\nb"), allowsUTF8: false)
        #expect(error?.description == "argument of NOOP has control character (0x0A) at position 1")
    }
}
