import MailAddress
import Testing

@Suite("AddressError")
struct AddressErrorTests {
    @Test("S-A1: a description names the fault and prints on one line")
    func description() {
        let error = #expect(throws: AddressError.self) { try EmailAddress("a@b\r\nRCPT TO:<evil@x>") }
        #expect(
            error?.description
                == #"control character (byte 0x0D) at offset 3 in "a@b\r\nRCPT TO:<evil@x>""#
        )
        #expect(error?.input == "a@b\r\nRCPT TO:<evil@x>")
    }

    @Test("The end of the input has no byte")
    func end() {
        let error = #expect(throws: AddressError.self) { try EmailAddress("user@") }
        #expect(error?.byte == nil)
        #expect(error?.description == #"missing domain at offset 5 in "user@""#)
    }

    @Test(
        "S-I: whatever is refused, a description has no control characters and ends",
        arguments: [
            "\u{0}\u{1B}[31m@x", "a\u{202E}b", "\u{2028}", "\u{85}", "\u{FEFF}", "a\"\\b",
            "\u{E000}\u{10FFFF}",
            String(repeating: "a", count: 5000), String(repeating: "\u{0}", count: 5000),
        ]
    )
    func printable(input: String) {
        let error = #expect(throws: AddressError.self) { try EmailAddress(input) }
        let description = error?.description ?? ""
        #expect(
            description.unicodeScalars.allSatisfy { scalar in
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator: false
                default: true
                }
            }
        )
        #expect(description.unicodeScalars.count <= 300)
    }

    @Test("The input is shown up to 200 characters", arguments: [199, 200, 201, 400])
    func cap(count: Int) throws {
        let error = #expect(throws: AddressError.self) {
            try EmailAddress(String(repeating: "a", count: count))
        }
        let description = try #require(error?.description)
        let shown = description.drop { $0 != "\"" }.dropFirst().dropLast()
        #expect(shown.count == min(count, 200))
        #expect((shown.last == "…") == (count > 200))
    }
}
