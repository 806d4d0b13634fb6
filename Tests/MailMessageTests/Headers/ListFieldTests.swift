import MailMessage
import Testing

@Suite("List fields")
struct ListFieldTests {
    @Test("R2369-1 URIs are written in angle brackets, with commas between them")
    func uris() throws {
        let uris = ["mailto:leave@example.org?subject=leave", "https://example.org/leave?a=1,2"]
        #expect(
            try unfolded(encoded(.listUnsubscribe, .uris(uris)))
                == "<mailto:leave@example.org?subject=leave>, <https://example.org/leave?a=1,2>"
        )
        let long = "https://example.org/" + String(repeating: "x", count: 300)
        #expect(
            try lines(of: encoded(.listUnsubscribe, .uris(["mailto:a@b.example", long])))
                == ["List-Unsubscribe: <mailto:a@b.example>,", " <\(long)>"]
        )
    }

    @Test(
        "R2369-1 S-B3.3 what is no URI is refused",
        arguments: [
            "", "example.org", ":x", "https:", "1x:y", "a b:c", "https://x y", "https://x>, <http://y",
            "https://é",
            "https://x\r\nInjected: 1", "https://x\n", "https://x\u{0}", "<https://x>", "https://\"",
        ]
    )
    func badURIs(uri: String) {
        let error = #expect(throws: MessageError.self) { try encoded(.listUnsubscribe, .uris([uri])) }
        #expect(error?.reason == .invalidURI)
    }

    @Test("S-G4 a URI that no line can hold is refused, the longest that one can is not")
    func longURIs() throws {
        let longest = "x:" + String(repeating: "y", count: 993)
        #expect(try lines(of: encoded(.listHelp, .uris([longest]))) == ["List-Help:", " <\(longest)>"])
        let error = #expect(throws: MessageError.self) { try encoded(.listHelp, .uris([longest + "y"])) }
        #expect(error?.reason == .lineTooLong)
        #expect(throws: MessageError.self) { try encoded(.listHelp, .uris([])) }
    }

    @Test(
        "R2919-1 a list is identified by a phrase and an identifier",
        arguments: [
            (nil, "list.example.org", "<list.example.org>"), ("", "list.example.org", "<list.example.org>"),
            ("My list", "list.example.org", "My list <list.example.org>"),
            ("A, B & C", "list.example.org", "\"A, B & C\" <list.example.org>"),
            ("Grüße", "a.b", "=?utf-8?B?R3LDvMOfZQ==?= <a.b>"),
        ] as [(String?, String, String)]
    )
    func identifiers(phrase: String?, id: String, value: String) throws {
        #expect(try unfolded(encoded(.listID, .identifier(phrase: phrase, id: id))) == value)
    }

    @Test(
        "R2919-1 S-B3.3 what is no list identifier is refused",
        arguments: [
            "", "list", "a..b", ".a", "a.", "a b.c", "a.é", "a.b>", "a.b\r\nInjected: 1", "a.b\u{0}",
            "a." + String(repeating: "b", count: 254),
        ]
    )
    func badIdentifiers(id: String) {
        let error = #expect(throws: MessageError.self) {
            try encoded(.listID, .identifier(phrase: nil, id: id))
        }
        #expect(error?.reason == .invalidFieldValue)
    }

    @Test("R2047-2 keywords are phrases with commas between them")
    func keywords() throws {
        #expect(
            try unfolded(encoded(.keywords, .phrases(["one", "two words", "a,b", "é", "end"])))
                == #"one, two words, "a,b", =?utf-8?B?w6k=?= , end"#
        )
        #expect(throws: MessageError.self) { try encoded(.keywords, .phrases([])) }
        #expect(throws: MessageError.self) { try encoded(.keywords, .phrases(["a", ""])) }
    }
}
