import Testing

@testable import SMTPTestServer

@Suite("Codes in scripted octets")
struct ReplyScannerTests {
    private static let rows: [(String, Int?)] = [
        ("250 ok\r\n", 250), ("250 ok\n", 250), ("250\r\n", 250), ("250\n", 250), ("250-a\r\n250 b\r\n", 250),
        ("220-a\r\n521 b\r\n", 521), ("250 ok", nil), ("250-a\r\n", nil), ("2506 x\r\n", nil),
        ("25\r\n", nil),
        ("ok\r\n250 x\r\n", 250), ("\r\n\r\n450 x\r\n", 450), ("250 a\r\n550 b\r\n", 250),
    ]

    @Test("whole and in pieces", arguments: rows)
    func codes(text: String, code: Int?) {
        var whole = ReplyScanner()
        #expect(whole.scan(Array(text.utf8)) == code)
        var pieces = ReplyScanner()
        var found: Int?
        for octet in text.utf8 where found == nil {
            found = pieces.scan([octet])
        }
        #expect(found == code)
    }
}
