import Testing

@testable import MailMessage

/// The last look at a field, with fields that nothing here should ever write.
@Suite("Field check")
struct FieldCheckTests {
    @Test(
        "S-B3 R5322-2.1.1-1 R5322-2.2-1 octets that are not one field are refused, whatever made them",
        arguments: [
            "", "X: a", "X: a\r", "X: a\n", "X: a\r\nBcc: v\r\n", "X: a\r\n\r\nbody\r\n",
            "X: a\r\n \r\n b\r\n",
            "X: a\r\n \t\r\n", "X: a\nb\r\n", "X: a\rb\r\n", "X: a\u{0}\r\n", "X: a\u{1B}\r\n",
            "X: a\u{7F}\r\n", "\r\n",
            "X: a\r\n b", "X: a\r\n\r\n", "X: " + String(repeating: "a", count: 996) + "\r\n",
            "X: a\r\n " + String(repeating: "a", count: 998) + "\r\n",
        ]
    )
    func refused(text: String) {
        #expect(throws: MessageError.self) { try FieldCheck.check(Array(text.utf8), name: .subject) }
    }

    @Test(
        "S-B3 R5322-2.2-1 one field is one field",
        arguments: [
            "X:\r\n", "X: a\r\n", "X: a\r\n b\r\n\tc\r\n", "X:\r\n a\r\n", "X: \tb\r\n", "X: é\r\n",
            "X: " + String(repeating: "a", count: 995) + "\r\n",
        ]
    )
    func accepted(text: String) throws {
        try FieldCheck.check(Array(text.utf8), name: .subject)
    }
}
