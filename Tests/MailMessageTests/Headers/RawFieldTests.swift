import MailMessage
import Testing

@Suite("Raw field values")
struct RawFieldTests {
    @Test(
        "S-B3.4 R5322-2.2-1 a raw value with anything but folds is refused",
        arguments: [
            "a\r\n\r\nbody", "a\r\nBcc: v@x", "a\nb", "a\rb", "a\r\n", "a\r\n ", "a\r\n \t\r\n b",
            "a\r\n\r\n b",
            "a\n b", "a\r b", "a\u{0}", "a\u{1B}b", "a\u{7F}", " ", "\t", "\r\n x\r\n", "\u{2028}",
        ]
    )
    func refused(text: String) {
        #expect(throws: MessageError.self) { try FieldValue.raw(text) }
    }

    @Test(
        "S-B3.4 a raw value that is one field is sent as it is",
        arguments: ["a", "a\r\n b", "a\r\n\tb\r\n  c", "\r\n a", "a\tb", "=?x?q?y?=", " a ", "v=1; b="]
    )
    func accepted(text: String) throws {
        #expect(try encoded(FieldName("X-Raw"), .raw(text)) == "X-Raw: \(text)\r\n")
    }

    @Test("S-B3.4 an empty raw value is an empty field")
    func empty() throws {
        #expect(try encoded(FieldName("X-Raw"), .raw("")) == "X-Raw:\r\n")
    }

    @Test("R5322-2.1.1-1 S-G4 a raw line of more than 998 octets is refused, the name counted")
    func long() throws {
        let error = #expect(throws: MessageError.self) {
            try FieldValue.raw(String(repeating: "a", count: 999))
        }
        #expect(error?.reason == .lineTooLong)
        let value = try FieldValue.raw("a\r\n " + String(repeating: "b", count: 997))
        #expect(try lines(of: encoded(.comments, value)).map(\.utf8.count) == [11, 998])
        let first = #expect(throws: MessageError.self) {
            try encoded(.comments, .raw(String(repeating: "a", count: 989)))
        }
        #expect(first?.reason == .lineTooLong)
        #expect(try lines(of: encoded(.comments, .raw(String(repeating: "a", count: 988)))).count == 1)
    }

    @Test("R6532-1 a raw value outside ASCII needs SMTPUTF8")
    func utf8() throws {
        let value = try FieldValue.raw("é")
        let error = #expect(throws: MessageError.self) { try encoded(.subject, value) }
        #expect(error?.reason == .needsSMTPUTF8)
        #expect(try encoded(.subject, value, allowsUTF8: true) == "Subject: é\r\n")
    }
}
