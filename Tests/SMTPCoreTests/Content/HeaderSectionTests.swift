import NIOCore
import SMTPCore
import Testing

@Suite("Content: the header section")
struct HeaderSectionTests {
    static let headers: [(header: String, fields: [[String]])] = [
        ("To: a@b\r\nCc: c@d\r\n", [["to", "a@b"], ["cc", "c@d"]]),
        ("TO:a\r\nto : b\r\nTo\t: c\r\n", [["to", "a"], ["to", "b"], ["to", "c"]]),
        ("Subject: a\r\n b\r\n\tc\r\n", [["subject", "a b\tc"]]),
        ("Subject:\r\n a\r\n", [["subject", "a"]]),
        ("To: a\nCc: b\n", [["to", "a"], ["cc", "b"]]),
        ("To: a\rBcc: b\r", [["to", "a"], ["bcc", "b"]]),
        ("To: a\r\r\nCc: b", [["to", "a"], ["cc", "b"]]),
        ("To: \t a \t \r\n", [["to", "a"]]),
        ("To:\r\n", [["to", ""]]),
        ("To: a: b\r\n", [["to", "a: b"]]),
        ("no field\r\nTo: a\r\n", [["to", "a"]]),
        ("To: a\r\nno field\r\n folded\r\nCc: b\r\n", [["to", "a"], ["cc", "b"]]),
        (": x\r\nTo: a", [["to", "a"]]),
        (" folded\r\nTo: a\r\n", [["to", "a"]]),
        ("Subject: ü\r\n", [["subject", "ü"]]),
        ("", []),
        ("\r\n", []),
    ]

    @Test("R5322-2.3-1 names and unfolded values, in order", arguments: headers)
    func fields(header: String, fields: [[String]]) {
        let section = HeaderSection(parsing: header.utf8)
        #expect(section.fields.map { [$0.name, $0.value] } == fields)
    }

    @Test("R5322-2.3-1 the values of one name")
    func values() {
        let section = HeaderSection(parsing: "To: a\r\nCc: b\r\nTO: c\r\n".utf8)
        #expect(section.values("to") == ["a", "c"])
        #expect(section.values("bcc") == [])
    }

    @Test("Q18 a value that is no UTF-8 is read as Latin-1")
    func latin1() {
        let section = HeaderSection(parsing: Array("Subject: ".utf8) + [0xFC])
        #expect(section.values("subject") == ["ü"])
    }

    /// A message, and how much of it is the header with the empty line; nil when that is not there yet.
    static let lengths: [(message: String, length: Int?)] = [
        ("To: a\r\n\r\nbody", 9),
        ("To: a\n\nbody", 7),
        ("To: a\r\rbody", 7),
        ("To: a\r\n\nbody", 8),
        ("To: a\n\r\nbody", 8),
        ("\r\nbody", 2),
        ("\nbody", 1),
        ("To: a\r\n", nil),
        ("To: a", nil),
        ("", nil),
        ("To: a\r\n \r\nX: y\r\n\r\n", 18),
    ]

    @Test("R5322-2.3-1 the header ends with the first empty line", arguments: lengths)
    func length(message: String, length: Int?) {
        #expect(HeaderSection.length(in: ByteBuffer(string: message)) == length)
    }
}
