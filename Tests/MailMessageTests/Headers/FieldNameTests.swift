import MailMessage
import Testing

@Suite("FieldName")
struct FieldNameTests {
    @Test(
        "S-B3.2 R5322-2.2-1 what is no name is refused",
        arguments: [
            "", " ", "X Y", "X: y\r\nBcc", "X:", ":", "X\u{E9}", "X\t", "X\r", "X\n", "X\u{0}", "X\u{7F}",
            "Ｘ",
            String(repeating: "x", count: 77),
        ]
    )
    func refused(text: String) {
        let error = #expect(throws: MessageError.self) { try FieldName(text) }
        #expect(error?.reason == .invalidFieldName)
    }

    @Test(
        "R5322-2.2-1 any visible characters but a colon are a name",
        arguments: [
            "X", "Subject", "!\"#$%&'()*+,-./09;<=>?@AZ[\\]^_`az{|}~", String(repeating: "x", count: 76),
        ]
    )
    func accepted(text: String) throws {
        #expect(try FieldName(text).description == text)
        let field = try encoded(FieldName(text), .text("word"))
        #expect(unfolded(field) == "word")
        #expect(field.hasPrefix(text + ":"))
    }

    @Test("Names are equal whatever their case, and keep their spelling")
    func equality() throws {
        let name = try FieldName("SUBJECT")
        #expect(name == .subject)
        #expect(Set([name, .subject]).count == 1)
        #expect(name != .comments)
        #expect(try encoded(name, .text("x")) == "SUBJECT: x\r\n")
    }
}
