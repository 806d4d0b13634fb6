import MailMessage
import Testing

@Suite("MessageError")
struct MessageErrorTests {
    @Test("S-B3.1 an error names the field and prints on one line")
    func description() {
        let error = #expect(throws: MessageError.self) {
            try encoded(.subject, .text("a\r\nBcc: v@x\u{202E}"))
        }
        #expect(error?.description == #"control character in Subject: "a\r\nBcc: v@x\u{202E}""#)
    }

    @Test("S-I the detail is cut at 200 characters")
    func cut() throws {
        let error = #expect(throws: MessageError.self) { try FieldName(String(repeating: " ", count: 5000)) }
        #expect(error?.detail.count == 200)
        #expect(error?.field == nil)
    }
}
