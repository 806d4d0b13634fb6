import MailAddress
import SMTPCore
import Testing

@Suite("Commands: the name in EHLO, HELO and LHLO")
struct HelloNameTests {
    static let injections = [
        "hi\nX-INJECTED", "hi\r\nMAIL FROM:<>", "hi\rx", "a.example\u{0}", "a.example\u{7F}", "\ta.example",
        "a.example\u{85}", "a.example\u{2028}x",
    ]

    @Test("S-A2 A2.1 a control character in a name is an error", arguments: injections)
    func injection(name: String) {
        let error = #expect(throws: AddressError.self) { try HelloName(name) }
        #expect(error?.reason == .controlCharacter)
    }

    static let controls: [UInt8] = Array(0x00...0x1F) + [0x7F]

    @Test("S-A2 A2.1 every control character, at the start, inside and at the end", arguments: controls)
    func checkControls(control: UInt8) {
        let character = String(Unicode.Scalar(control))
        for name in [character + "a.example", "a." + character + "example", "a.example" + character] {
            let error = #expect(throws: AddressError.self) { try HelloName(name) }
            #expect(error?.byte == control)
            #expect(
                error?.position
                    == name.utf8.firstIndex(of: control).map {
                        name.utf8.distance(from: name.utf8.startIndex, to: $0)
                    }
            )
        }
    }

    static let invalid = [
        "", " ", "a b", "a.example ", "web_1", "-a.example", "a..example", "a.example.", "a@b", "<a>", "::1",
    ]

    @Test("S-A2 A2.2 a name of the caller that is no domain and no literal is an error", arguments: invalid)
    func checkInvalid(name: String) {
        #expect(throws: AddressError.self) { try HelloName(name) }
    }

    @Test("S-A2 A2.2 R5321-4.1.1.1-1 the empty name is an error of its own")
    func empty() {
        let error = #expect(throws: AddressError.self) { try HelloName("") }
        #expect(error?.reason == .empty)
    }

    static let systemNames: [(String, String?)] = [
        ("mail.example.org", "mail.example.org"),
        ("Mail.Example.ORG", "mail.example.org"),
        ("web_1", nil),
        ("web_1.internal.example", nil),
        ("mailhost", nil),
        ("localhost", nil),
        ("localhost.localdomain", nil),
        ("LOCALHOST.example", nil),
        ("mail.example.org.", nil),
        ("mail..example", nil),
        ("", nil),
        ("a.example\r\nX", nil),
        ("192.0.2.1", nil),
    ]

    @Test("S-A2 A2.3 R5321-4.1.1.1-1 a system name that servers refuse is not used", arguments: systemNames)
    func systemName(name: String, used: String?) {
        #expect(HelloName(systemName: name)?.description == used)
    }

    @Test("S-A2 A2.3 the literal in its place")
    func literal() throws {
        #expect(try Wire.text(.ehlo(.loopbackLiteral)) == "EHLO [127.0.0.1]\r\n")
        #expect(HelloName(literalOf: "web_1") == nil)
        #expect(HelloName(literalOf: "127.0.0.1\r\n") == nil)
    }

    @Test("R6531-3 a name outside ASCII goes out as A-labels", arguments: [false, true])
    func international(allowsUTF8: Bool) throws {
        let wire = try Wire.text(.ehlo(HelloName("bücher.example")), allowsUTF8: allowsUTF8)
        #expect(wire == "EHLO xn--bcher-kva.example\r\n")
    }
}
