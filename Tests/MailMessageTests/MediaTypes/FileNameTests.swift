import MailMessage
import Testing

@Suite("FileName")
struct FileNameTests {
    @Test(
        "S-B4.2 S-B4 R2183-1 a name is without path, drive, direction marks, and dots and spaces at its end",
        arguments: [
            ("a.pdf", "a.pdf"), ("../../etc/passwd", "passwd"), (#"C:\Windows\a.exe"#, "a.exe"),
            ("C:a.exe", "a.exe"),
            ("c:D:a", "a"), (#"a/b\c"#, "c"), (#"..\..\x"#, "x"), ("a.txt. . ", "a.txt"),
            (".profile", ".profile"),
            ("ann\u{202E}fdp.exe", "annfdp.exe"), ("\u{2066}a\u{2069}\u{200E}\u{200F}", "a"),
            ("日本語.pdf", "日本語.pdf"),
            ("/\u{202E}../x", "x"), (#"a.exe";x="b.pdf"#, #"a.exe";x="b.pdf"#), ("C\u{200E}:x", "x"),
            (" a", " a"),
        ]
    )
    func names(text: String, name: String) throws {
        #expect(try FileName(text).value == name)
        #expect(try FileName(octets: Array(text.utf8)).value == name)
    }

    @Test(
        "S-B4 a name of which nothing is left is refused",
        arguments: ["", ".", "..", "/", "a/", "../..", "C:", #"a\"#, ". .", "\u{202E}", "a/.. "]
    )
    func empty(text: String) {
        let error = #expect(throws: MessageError.self) { try FileName(text) }
        #expect(error?.reason == .invalidFileName)
    }

    @Test(
        "S-B4 control characters are refused",
        arguments: ["a\u{0}.pdf", "a\tb", "a\r\nInjected: 1", "a\nb", "\u{7F}", "\u{9F}", "\u{2029}", "\n/a"]
    )
    func controls(text: String) {
        let error = #expect(throws: MessageError.self) { try FileName(text) }
        #expect(error?.reason == .controlCharacter)
    }

    @Test("A name of more than 4096 octets is refused")
    func length() throws {
        #expect(try FileName(String(repeating: "a", count: 4096)).value.utf8.count == 4096)
        let error = #expect(throws: MessageError.self) { try FileName(String(repeating: "a", count: 4097)) }
        #expect(error?.reason == .tooLarge)
    }

    @Test(
        "The extension is what follows the last dot",
        arguments: [("a.PDF", "pdf"), ("a.tar.gz", "gz"), ("a", nil), (".profile", nil), (".a.b", "b")]
            as [(String, String?)]
    )
    func extensions(name: String, fileExtension: String?) throws {
        #expect(try FileName(name).fileExtension == fileExtension)
    }
}
