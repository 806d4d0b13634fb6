import Testing

@testable import MailMessage

/// Text whose lines a reader may break anew (RFC 3676).
@Suite struct FlowedTextTests {
    @Test(
        "RFC 3676 section 4 short lines stay, spaces at their ends go, and what would be misread is stuffed",
        arguments: [
            ("", ""), ("a\nb\r\nc\rd", "a\r\nb\r\nc\r\nd"), ("a  \r\nb", "a\r\nb"), ("  a", "   a"),
            (">a", " >a"),
            ("From x", " From x"), ("Fromage", "Fromage"), ("-- \nAnn", "-- \r\nAnn"), ("--  ", "--"),
            ("   ", ""),
            (" \u{301}x", "  \u{301}x"), (">\u{301}x", " >\u{301}x"),
            ("a\u{C}b\u{2028}c\u{B}d\u{85}e", "a\u{C}b\u{2028}c\u{B}d\u{85}e"),
        ]
    )
    func short(text: String, flowed: String) {
        #expect(Array(FlowedText.encode(text).utf8) == Array(flowed.utf8))
    }

    @Test(
        "RFC 3676 section 4.2 a long line is broken behind a space, at most 78 columns wide, and can be put together again"
    )
    func long() {
        let text = (0..<500).map { "word\($0)" }.joined(separator: " ")
        let lines = FlowedText.encode(text).split(separator: "\r\n", omittingEmptySubsequences: false)
        #expect(lines.count > 50)
        #expect(lines.allSatisfy { $0.utf8.count <= 78 })
        #expect(lines.dropLast().allSatisfy { $0.hasSuffix(" ") })
        #expect(lines.joined() == text)
    }

    @Test(
        "RFC 3676 section 4.3 no line that goes on is the mark of a signature, or a space alone",
        arguments: ["--", "", " --"]
    )
    func noMark(start: String) {
        let text = start + " " + String(repeating: "x", count: 100) + " tail"
        let lines = FlowedText.encode(text).split(separator: "\r\n", omittingEmptySubsequences: false)
        #expect(!lines.contains("-- "))
        #expect(!lines.contains(" "))
        let joined = lines.map { $0.hasPrefix(" ") ? String($0.dropFirst()) : String($0) }.joined()
        #expect(joined == text)
    }

    @Test("RFC 3676 section 4.2 a word wider than a line, and a script without spaces, stay whole")
    func unbroken() {
        let text = String(repeating: "漢", count: 200)
        #expect(FlowedText.encode(text) == text)
        #expect(FlowedText.encode(text + " x") == text + " \r\nx")
    }

    @Test("RFC 3676 section 4 the part says that it flows")
    func part() async throws {
        var message = try MessageFixture.plain(nil)
        message.text = .text("Hello >you\n>quoted", isFlowed: true)
        let reading = try await MessageReading(message)
        #expect(reading.values("Content-Type") == ["text/plain; charset=utf-8; format=flowed"])
        #expect(reading.body == "Hello >you\r\n >quoted\r\n")
    }
}
