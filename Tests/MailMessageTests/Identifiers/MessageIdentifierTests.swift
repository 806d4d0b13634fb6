import MailAddress
import MailMessage
import Testing

@Suite("MessageIdentifier")
struct MessageIdentifierTests {
    @Test(
        "R5322-3.6.4-1 the form that may be generated",
        arguments: [
            "a@b", "a.b@c.example", "x+y=z@[192.0.2.1]", "!#$%&'*+-/=?^_`{|}~@x", "a@[IPv6:2001:db8::1]",
        ]
    )
    func strict(text: String) throws {
        #expect(try MessageIdentifier(text).value == text)
        #expect(try MessageIdentifier("<\(text)>").description == "<\(text)>")
        #expect(
            try encoded(.messageID, .messageIDs([MessageIdentifier(text)])) == "Message-ID: <\(text)>\r\n"
        )
    }

    @Test(
        "R5322-3.6.4-1 S-B3.3 what may not be generated is refused",
        arguments: [
            "", "<>", "a", "@", "a@", "@b", "a@b@c", "a b@c", "a @b", "<a@b", "a@b>", "<<a@b>>", "a..b@c",
            ".a@b", "a@b.",
            "\"a b\"@c", "a@[b", "a@[b]]", "é@b", "(c)a@b", "a@b\r\nInjected: 1", "a@b\u{0}", "a@[\\]]",
            String(repeating: "a", count: 994) + "@b",
        ]
    )
    func refused(text: String) {
        let error = #expect(throws: MessageError.self) { try MessageIdentifier(text) }
        #expect(error?.reason == .invalidMessageID)
    }

    @Test(
        "R5322-4-1 identifiers of other programs are kept as they are",
        arguments: ["a@[127.0.0.1]", "a.b..c@x", "\"q\"@x", "a@b@c", "$x(1)@[weird", ".@."]
    )
    func lenient(text: String) throws {
        #expect(try MessageIdentifier(lenient: "<\(text)>").value == text)
    }

    @Test(
        "R5322-4-1 S-B3.3 not all is kept",
        arguments: ["", "a", "a b@c", "a@b>", "a@<b", "é@b", "a@b\r\n c", "a@\u{0}"]
    )
    func notEvenLenient(text: String) {
        #expect(throws: MessageError.self) { try MessageIdentifier(lenient: text) }
    }

    @Test(
        "R5322-4-1 the identifiers in a field are found among what else stands there",
        arguments: [
            ("", []), ("<a@b>", ["a@b"]), ("<a@b> <c@d>", ["a@b", "c@d"]), ("<a@b><c@d>", ["a@b", "c@d"]),
            ("<a@b>,\r\n\t<c@d>", ["a@b", "c@d"]), ("(see <x@y> \\) <z@y>) <a@b>", ["a@b"]),
            ("Your message of Monday <a@b> \"x\"", ["a@b"]), ("<a@\r\n b>", ["a@b"]), ("<a@b", []),
            ("<<a@b>", ["a@b"]),
            ("<a> <b@c>", ["b@c"]), ("a@b", []), ("<\u{0}@x> <a@b>", ["a@b"]), ("((( <a@b>", []),
            (") <a@b>", ["a@b"]),
        ] as [(String, [String])]
    )
    func list(text: String, values: [String]) {
        #expect(MessageIdentifier.list(parsing: text).map(\.value) == values)
    }

    @Test("S-B3 a list is bounded, whatever is handed in")
    func bounded() {
        #expect(MessageIdentifier.list(parsing: String(repeating: "<a@b>", count: 5000)).count == 1000)
        #expect(MessageIdentifier.list(parsing: String(repeating: " ", count: 65_536) + "<a@b>").isEmpty)
        #expect(MessageIdentifier.list(parsing: String(repeating: "(<", count: 100_000)).isEmpty)
    }

    @Test("S-B3 an identifier in a list is as long as another may be", arguments: [995, 996, 60_000])
    func boundedInLength(length: Int) {
        let value = String(repeating: "a", count: length - 2) + "@b"
        let identifiers = MessageIdentifier.list(parsing: "<\(value)> <c@d>").map(\.value)
        #expect(identifiers == (length > 995 ? ["c@d"] : [value, "c@d"]))
        #expect(MessageIdentifier.list(parsing: "<\(value)").isEmpty)
    }

    @Test("R5322-3.6.4-1 an identifier that is made is random, and nothing but random")
    func unique() throws {
        let domain = try MailDomain("Bücher.example")
        var generator = SystemRandomNumberGenerator()
        let made = (0..<1000).map { _ in MessageIdentifier.unique(domain: domain, using: &generator) }
        #expect(Set(made).count == 1000)
        for identifier in made {
            #expect(identifier.value.wholeMatch(of: /[a-z2-7]{26}@xn--bcher-kva\.example/) != nil)
            #expect(try MessageIdentifier(identifier.description) == identifier)
        }
        var (first, second) = (SeededGenerator(seed: 1), SeededGenerator(seed: 1))
        #expect(
            MessageIdentifier.unique(domain: domain, using: &first)
                == MessageIdentifier.unique(domain: domain, using: &second)
        )
    }

    @Test("S-G4.1 500 References are folded between identifiers, and come back")
    func references() throws {
        var generator = SeededGenerator(seed: 500)
        let domain = try MailDomain("example.org")
        let identifiers = (0..<500).map { _ in MessageIdentifier.unique(domain: domain, using: &generator) }
        let field = try encoded(.references, .messageIDs(identifiers))
        for line in lines(of: field).dropFirst() {
            #expect(line.utf8.count <= 78)
            #expect(line.wholeMatch(of: /(\ <[^<>@ ]+@[^<>@ ]+>)+/) != nil)
        }
        #expect(MessageIdentifier.list(parsing: unfolded(field)) == identifiers)
        #expect(throws: MessageError.self) { try encoded(.references, .messageIDs([])) }
    }

    @Test("S-G4 the longest identifier fits a line")
    func longest() throws {
        let identifier = try MessageIdentifier(String(repeating: "a", count: 993) + "@b")
        #expect(
            try lines(of: encoded(.references, .messageIDs([identifier]))) == [
                "References:", " \(identifier)",
            ]
        )
    }
}
