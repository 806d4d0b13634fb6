import MailMessage
import Testing

@Suite("Unstructured text")
struct UnstructuredTextTests {
    @Test(
        "R2047-1 R2047-4 what is encoded, and what is left as it is",
        arguments: [
            ("", ""), ("Hello world", "Hello world"), ("a  b", "a  b"), ("100% =50?", "100% =50?"),
            ("Grüße", "=?utf-8?B?R3LDvMOfZQ==?="), ("Hi Grüße all", "Hi =?utf-8?B?R3LDvMOfZQ==?= all"),
            ("é é", "=?utf-8?B?w6kgw6k=?="), ("é a é", "=?utf-8?B?w6k=?= a =?utf-8?B?w6k=?="),
            ("für alle", "=?utf-8?Q?f=C3=BCr?= alle"), ("日本", "=?utf-8?B?5pel5pys?="),
            (" a", "=?utf-8?Q?_a?="), ("a ", "=?utf-8?Q?a_?="),
            (" ", "=?utf-8?Q?_?="), ("a\tb", "=?utf-8?B?YQli?="), ("=?", "=?utf-8?B?PT8=?="),
            ("=?utf-8?q?x?=", "=?utf-8?B?PT91dGYtOD9xP3g/PQ==?="),
            ("see =?x now", "see =?utf-8?B?PT94?= now"),
        ]
    )
    func table(text: String, value: String) throws {
        #expect(try unfolded(encoded(.subject, .text(text))) == value)
    }

    static let awkward: [String] = [
        "Grüße aus Köln", "  lead and trail  ", "é  é", "=?utf-8?q?x?= é",
        "a\u{301}\u{1F468}\u{200D}\u{1F469}",
        String(repeating: "é", count: 500), String(repeating: "日本語 ", count: 200),
        "x" + String(repeating: " ", count: 900) + "y",
        String(repeating: "\u{1F600}", count: 300), String(repeating: "=_?", count: 100) + "é",
        String(repeating: "word ", count: 300), String(repeating: "é word ", count: 300),
        String(repeating: "x", count: 997), String(repeating: "x", count: 5000), "\u{A0}", "\u{3000} x",
        String(repeating: "a", count: 60) + " é", String(repeating: "a", count: 68) + " é",
    ]

    @Test(
        "R2047-1 R2047-3 R5322-2.1.1-1 every text comes back, on lines that are short enough",
        arguments: awkward
    )
    func roundTrip(text: String) throws {
        let field = try encoded(.subject, .text(text))
        #expect(field.utf8.allSatisfy { $0 < 0x80 })
        #expect(EncodedWordReader.decode(unfolded(field)) == text)
        for line in lines(of: field) {
            let words = EncodedWordReader.words(in: line)
            #expect(line.utf8.count <= (words.isEmpty ? 998 : 76))
            for word in words {
                #expect(word.utf8.count <= 75)
                #expect(EncodedWordReader.decode(word: word) != nil)
            }
        }
    }

    @Test("R2047-1 R2047-3 wherever a line happens to be full, no word is too long and no character divided")
    func everyColumn() throws {
        for length in 0...80 {
            for scalar in ["é", "語", "\u{1F600}"] {
                let text =
                    String(repeating: "a", count: length) + " " + String(repeating: scalar, count: 60) + "."
                let field = try encoded(.subject, .text(text))
                #expect(EncodedWordReader.decode(unfolded(field)) == text)
                for line in lines(of: field) where line.contains("=?") { #expect(line.utf8.count <= 76) }
                for word in EncodedWordReader.words(in: field) {
                    #expect(word.utf8.count <= 75)
                    #expect(EncodedWordReader.decode(word: word) != nil)
                }
            }
        }
    }

    @Test("S-G4 R5322-2.1.1-1 R5322-2.2-1 words are folded at 78 columns, at white space alone")
    func folding() throws {
        let text = String(repeating: "word ", count: 60) + "end"
        let field = try encoded(.subject, .text(text))
        #expect(lines(of: field).count == 5)
        for line in lines(of: field) {
            #expect(line.utf8.count <= 78)
            #expect(line.contains("word") || line.contains("end"))
        }
        for line in lines(of: field).dropFirst() { #expect(line.hasPrefix(" word") || line == " end") }
        #expect(unfolded(field) == text)
    }

    @Test(
        "S-G4 a long word without spaces stays whole up to 998 octets, and is encoded beyond",
        arguments: [200, 997]
    )
    func longWord(length: Int) throws {
        let word = String(repeating: "w", count: length)
        let field = try encoded(.subject, .text("a \(word) b"))
        #expect(lines(of: field) == ["Subject: a", " \(word)", " b"])
        let longer = try encoded(.subject, .text(word + String(repeating: "w", count: 998 - length)))
        #expect(EncodedWordReader.decode(unfolded(longer)).utf8.count == 998)
        #expect(lines(of: longer).allSatisfy { $0.utf8.count <= 76 })
    }

    @Test("S-G4.1 a Subject of 100 KB is folded and comes back", arguments: ["word ", "Grüße ", "日本語"])
    func huge(piece: String) throws {
        let text = String(repeating: piece, count: 102_400 / piece.utf8.count) + "."
        let field = try encoded(.subject, .text(text))
        #expect(EncodedWordReader.decode(unfolded(field)) == text)
        #expect(lines(of: field).allSatisfy { $0.utf8.count <= 78 })
    }

    @Test(
        "S-B3.1 S-B3 control characters and line ends are refused",
        arguments: [
            "a\r\nBcc: v@x", "a\nBcc: v@x", "a\rBcc: v@x", "a\u{0}", "\u{1B}[31m", "\u{7F}", "\u{85}",
            "\u{2028}",
            "\u{2029}", "\u{9B}", "é\r\nBcc: v@x", "\r\n", "a\r\n b",
        ]
    )
    func controls(text: String) {
        for allowsUTF8 in [false, true] {
            let error = #expect(throws: MessageError.self) {
                try encoded(.subject, .text(text), allowsUTF8: allowsUTF8)
            }
            #expect(error?.reason == .controlCharacter)
            #expect(error?.field == "Subject")
            #expect(error?.description.utf8.allSatisfy { $0 >= 0x20 } == true)
        }
    }

    @Test(
        "R2047-2 S-B6 text in a field of structure is never encoded, but refused",
        arguments: [
            FieldName.from, .to, .messageID, .references, .contentType, .received, .date, .listUnsubscribe,
        ]
    )
    func structured(name: FieldName) throws {
        let error = #expect(throws: MessageError.self) { try encoded(name, .text("é")) }
        #expect(error?.reason == .invalidFieldValue)
        #expect(try encoded(name, .text("plain")) == "\(name): plain\r\n")
    }

    @Test("R6532-1 with SMTPUTF8 text is written in UTF-8, and only then")
    func utf8() throws {
        #expect(try encoded(.subject, .text("Grüße 日本"), allowsUTF8: true) == "Subject: Grüße 日本\r\n")
        #expect(try encoded(.subject, .text(" é"), allowsUTF8: true) == "Subject: =?utf-8?B?IMOp?=\r\n")
        #expect(
            try encoded(.subject, .text("é =?x"), allowsUTF8: true) == "Subject: é =?utf-8?B?PT94?=\r\n"
        )
        var encoder = FieldEncoder(allowsUTF8: true)
        try encoder.encode(HeaderField(.subject, .text("plain")))
        #expect(!encoder.usedUTF8)
        try encoder.encode(HeaderField(.subject, .text("é")))
        #expect(encoder.usedUTF8)
    }

    @Test("R6532-1 R5322-2.1.1-1 lines of UTF-8 are measured in octets", arguments: awkward)
    func utf8Lines(text: String) throws {
        let field = try encoded(.subject, .text(text), allowsUTF8: true)
        #expect(EncodedWordReader.decode(unfolded(field)) == text)
        #expect(lines(of: field).allSatisfy { $0.utf8.count <= 998 })
        let words = try encoded(.subject, .text(String(repeating: "日本 ", count: 100) + "."), allowsUTF8: true)
        #expect(lines(of: words).allSatisfy { $0.utf8.count <= 78 })
    }
}
