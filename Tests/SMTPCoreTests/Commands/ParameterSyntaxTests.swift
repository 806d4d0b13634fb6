import MailAddress
import SMTPCore
import Testing

@Suite("Commands: parameters cannot smuggle")
struct ParameterSyntaxTests {
    @Test("S-A3 A3.1 a quoted local part that looks like a parameter keeps its quotes")
    func smuggledParameter() throws {
        let text = "\"a@b> NOTIFY=NEVER\"@good.example"
        #expect(try Wire.text(Wire.rcpt(text)) == "RCPT TO:<\(text)>\r\n")
        #expect(try Wire.text(Wire.mail(text)) == "MAIL FROM:<\(text)>\r\n")
    }

    static let identifiers = [
        ("a b+c=d", "a+20b+2Bc+3Dd"), ("QQ314159", "QQ314159"), ("<a@b>", "<a@b>"), ("~!", "~!"),
        (" ", "+20"),
    ]

    @Test("S-A3 A3.2 R3461-2 R3461-3 ENVID is xtext", arguments: identifiers)
    func envelopeIdentifier(text: String, encoded: String) throws {
        var parameters = MailParameters()
        parameters.envelopeIdentifier = .require(try EnvelopeIdentifier(text))
        let resolved = try parameters.resolve(in: .init(extensions: .offering("DSN")))
        #expect(resolved.map(\.description) == ["ENVID=\(encoded)"])
    }

    static let badIdentifiers: [(String, CommandError.Reason, Int?)] = [
        ("", .empty, nil),
        ("a b+c=d\r\n", .controlCharacter, 7),
        ("a\tb", .controlCharacter, 1),
        ("\u{7F}", .controlCharacter, 0),
        ("aé", .nonASCII, 1),
        (String(repeating: "x", count: 101), .tooLong(limit: 100), 100),
    ]

    @Test("S-A3 A3.2 R3461-3 what is no ENVID", arguments: badIdentifiers)
    func badIdentifier(text: String, reason: CommandError.Reason, position: Int?) {
        let error = #expect(throws: CommandError.self) { try EnvelopeIdentifier(text) }
        #expect(error?.reason == reason)
        #expect(error?.position == position)
        #expect(error?.argument == "ENVID")
    }

    @Test("R3461-3 an ENVID of 100 characters, before they are encoded")
    func longestIdentifier() throws {
        var parameters = MailParameters()
        parameters.envelopeIdentifier = .require(try EnvelopeIdentifier(String(repeating: "=", count: 100)))
        let resolved = try parameters.resolve(in: .init(extensions: .offering("DSN")))
        #expect(resolved.first?.value == String(repeating: "+3D", count: 100))
        #expect(throws: Never.self) { try Wire.text(.mail(.null, resolved)) }
    }

    static let values: [(String, CommandError.Reason, Int?)] = [
        ("x y", .unexpectedCharacter, 1),
        ("x=y", .unexpectedCharacter, 1),
        ("", .empty, nil),
        ("x\u{0}", .controlCharacter, 1),
        ("\r\nRCPT TO:<evil@x>", .controlCharacter, 0),
        ("xé", .nonASCII, 1),
        (String(repeating: "x", count: 1025), .tooLong(limit: 1024), 1024),
    ]

    @Test("S-A3 A3.3 what is no value of a parameter", arguments: values)
    func value(value: String, reason: CommandError.Reason, position: Int?) {
        let error = #expect(throws: CommandError.self) { try ESMTPParameter("X-Y", value: value) }
        #expect(error?.reason == reason)
        #expect(error?.position == position)
        #expect(throws: CommandError.self) { try ESMTPParameter(parsing: "X-Y=\(value)") }
    }

    static let keywords: [(String, CommandError.Reason)] = [
        ("", .empty), ("-X", .unexpectedCharacter), ("X Y", .unexpectedCharacter),
        ("X_Y", .unexpectedCharacter),
        ("X:", .unexpectedCharacter), ("X\n", .controlCharacter), ("Ü", .nonASCII),
        (String(repeating: "X", count: 65), .tooLong(limit: 64)),
    ]

    @Test("S-A3 A3.3 what is no keyword", arguments: keywords)
    func keyword(keyword: String, reason: CommandError.Reason) {
        #expect(throws: CommandError.self) { try ESMTPParameter(keyword) }
        let error = #expect(throws: CommandError.self) { try ESMTPParameter(keyword, value: "x") }
        #expect(error?.reason == reason)
    }

    @Test(
        "S-A3 A3.3 every control character in keyword and value",
        arguments: Array(0x00...0x1F) + [0x7F as UInt8]
    )
    func controls(control: UInt8) {
        let character = String(Unicode.Scalar(control))
        for text in [character + "AB", "A" + character + "B", "AB" + character] {
            for error in [
                #expect(throws: CommandError.self) { try ESMTPParameter(text) },
                #expect(throws: CommandError.self) { try ESMTPParameter("X", value: text) },
                #expect(throws: CommandError.self) { try EnvelopeIdentifier(text) },
                #expect(throws: CommandError.self) { try OriginalRecipient(addressType: "x400", text) },
                #expect(throws: CommandError.self) { try OriginalRecipient(addressType: text, "a") },
            ] {
                #expect(error?.reason == .controlCharacter)
                #expect(error?.byte == control)
            }
        }
    }

    @Test("S-A3 a keyword in any case, with and without a value")
    func parsing() throws {
        #expect(try ESMTPParameter(parsing: "x-y=Z").description == "X-Y=Z")
        #expect(try ESMTPParameter(parsing: "x-y").description == "X-Y")
        #expect(try ESMTPParameter(parsing: "x") == ESMTPParameter("X"))
    }

    static let senders = [
        "a>b@x", "<a@x>", "a@x ", " a@x", "a@x>", "<a@x", "a@x> SIZE=1", "a b@x", "<>x", "a@x\t",
    ]

    @Test("S-A3 A3.4 brackets and blanks in an address are errors, never taken away", arguments: senders)
    func sender(text: String) {
        #expect(throws: AddressError.self) { try ReversePath(text) }
        #expect(throws: AddressError.self) { try ForwardPath(text) }
    }
}
