import MailAddress
import Testing

@Suite("AddressListParser")
struct AddressListParserTests {
    private let strict = AddressListParser(mode: .strict)
    private let lenient = AddressListParser(mode: .lenient)

    @Test("S-F2.1: a comment in angle brackets is dropped, never joined to the domain")
    func commentInAngles() throws {
        let expected = try Mailbox(displayName: "Name", address: EmailAddress("a@good"))
        #expect(try strict.mailboxes(in: "Name <a@good(evil.com)>") == [expected])
        #expect(try lenient.mailboxes(in: "Name <a@good(evil.com)>") == [expected])
        #expect(throws: AddressError.self) { try EmailAddress("a@good(evil.com)") }
    }

    @Test(
        "S-F2.2: addresses around half a comment",
        arguments: ["alice@example.org)bob@example.com", "alice@x.org(<bob@y.org>"]
    )
    func halfComments(text: String) {
        #expect(throws: AddressError.self) { try strict.parse(text) }
        #expect(throws: AddressError.self) { try lenient.parse(text) }
    }

    @Test("S-F2.3: comments around `@` are obsolete", arguments: ["a(b)@c.org", "a@(b)c.org"])
    func commentsAroundAt(text: String) throws {
        #expect(try lenient.mailboxes(in: text) == [Mailbox(EmailAddress("a@c.org"))])
        #expect(throws: AddressError.self) { try strict.parse(text) }
        #expect(throws: AddressError.self) { try EmailAddress(text) }
    }

    @Test("S-B6.1: an encoded-word in a local part stays as it is")
    func encodedWordInAddress() throws {
        let text = "=?utf-8?q?a=40evil.com=3e=20?=@good.example"
        for parser in [strict, lenient] {
            let mailbox = try #require(try parser.mailboxes(in: text).first)
            #expect(mailbox.address.domain.ascii == "good.example")
            #expect(mailbox.address.localPart == "=?utf-8?q?a=40evil.com=3e=20?=")
        }
    }

    @Test("S-B6: an encoded-word in a name stays as it is")
    func encodedWordInName() throws {
        let mailboxes = try strict.mailboxes(in: "=?x?q?=3Ca=40evil=3E?= <b@good.example>")
        #expect(mailboxes.map(\.displayName) == ["=?x?q?=3Ca=40evil=3E?="])
        #expect(mailboxes.map(\.address.wireForm) == ["b@good.example"])
    }

    @Test("R5322-3.4-1: groups are told apart from mailboxes")
    func groups() throws {
        let ann = try Mailbox(displayName: "Ann", address: EmailAddress("ann@example.org"))
        let bob = try Mailbox(EmailAddress("bob@example.org"))
        let text = "Ann <ann@example.org>, The Team: bob@example.org, Ann <ann@example.org>;, None:;"
        let expected: [AddressListEntry] = [
            .mailbox(ann),
            .group(try AddressGroup(name: "The Team", members: [bob, ann])),
            .group(try AddressGroup(name: "None", members: [])),
        ]
        #expect(try strict.parse(text) == expected)
        #expect(try lenient.parse(text) == expected)
        #expect(try strict.mailboxes(in: text) == [ann, bob, ann])
        #expect(
            expected.map(\.description).joined(separator: ", ")
                == "Ann <ann@example.org>, The Team: bob@example.org, Ann <ann@example.org>;, None:;"
        )
    }

    @Test("R5322-3.4-1: a group has a name")
    func emptyGroupName() {
        let error = #expect(throws: AddressError.self) { try AddressGroup(name: "", members: []) }
        #expect(error?.reason == .empty)
    }

    @Test("R5322-3.4-1: groups do not nest")
    func nestedGroups() {
        for parser in [strict, lenient] {
            let error = #expect(throws: AddressError.self) { try parser.parse("A: B: a@b;;") }
            #expect(error?.reason == .nestedGroup)
            #expect(error?.position == 4)
        }
    }

    @Test(
        "R5322-3.4-1: names as they are meant",
        arguments: [
            ("Ann <a@b>", "Ann"), ("Ann   Lee <a@b>", "Ann Lee"), ("Ann\r\n\tLee <a@b>", "Ann Lee"),
            ("Ann(x)Lee <a@b>", "Ann Lee"), ("\"Lee, Ann\" <a@b>", "Lee, Ann"),
            ("\"a \\\"b\\\" \\\\\" <a@b>", "a \"b\" \\"), ("\"a\r\n b\" <a@b>", "a b"),
            ("\"a\tb\" <a@b>", "a b"), ("\"A\"B <a@b>", "AB"), ("A \"B\" C <a@b>", "A B C"),
            ("\"\" <a@b>", nil), ("<a@b>", nil), ("a@b", nil), ("a@b (Ann)", nil), ("Jörg <a@b>", "Jörg"),
            ("\"A  B\" <a@b>", "A  B"),
        ]
    )
    func names(text: String, name: String?) throws {
        #expect(try strict.mailboxes(in: text).map(\.displayName) == [name])
        #expect(try lenient.mailboxes(in: text).map(\.displayName) == [name])
    }

    @Test(
        "R5322-3.4-1: names with dots",
        arguments: [("A. Lee <a@b>", "A. Lee"), ("J.R.R. T <a@b>", "J.R.R. T"), ("A . B <a@b>", "A . B")]
    )
    func namesWithDots(text: String, name: String) throws {
        #expect(try lenient.mailboxes(in: text).map(\.displayName) == [name])
        #expect(throws: AddressError.self) { try strict.parse(text) }
    }

    @Test("Descriptions parse back to what they describe", arguments: AddressTable.headerForms)
    func descriptions(row: AddressRow) throws {
        guard let entries = try? lenient.parse(row.text) else { return }
        let text = entries.map(\.description).joined(separator: ", ")
        #expect(try strict.parse(text) == entries)
    }

    @Test(
        "Names are quoted where they must be",
        arguments: [
            ("Ann Lee", "Ann Lee <a@b>"), ("Lee, Ann", "\"Lee, Ann\" <a@b>"), ("A. Lee", "\"A. Lee\" <a@b>"),
            ("A  B", "\"A  B\" <a@b>"), (" A", "\" A\" <a@b>"), ("a\"\\", "\"a\\\"\\\\\" <a@b>"),
            ("c@d", "\"c@d\" <a@b>"), ("", "a@b"), ("Jörg", "Jörg <a@b>"),
        ]
    )
    func quotedNames(name: String, description: String) throws {
        let mailbox = try Mailbox(displayName: name, address: EmailAddress("a@b"))
        #expect(mailbox.description == description)
        #expect(try strict.mailboxes(in: description) == [mailbox])
    }

    @Test("Long lists keep their order")
    func order() throws {
        let addresses = try (0..<1000).map { try Mailbox(EmailAddress("user\($0)@example.org")) }
        let text = addresses.map(\.description).joined(separator: ",\r\n ")
        #expect(try strict.mailboxes(in: text) == addresses)
    }

    @Test(
        "Faults are told apart",
        arguments: [
            ("", AddressError.Reason.empty, 0), ("(c)", .empty, 3), ("a@b,", .missingAddress, 4),
            (",a@b", .missingAddress, 0), ("a@b,,c@d", .missingAddress, 4), ("a", .missingDomain, 1),
            ("a@", .missingDomain, 2), ("@a", .missingLocalPart, 0), ("<a@b", .unterminatedAngleAddress, 0),
            ("g:a@b", .unterminatedGroup, 0), ("\"a", .unterminatedQuotedString, 0),
            ("a@b (", .unterminatedComment, 4),
            ("a@b c", .trailingText, 4), ("<a@b c>", .trailingText, 5), ("a@b;", .unexpectedCharacter, 3),
            (":a@b;", .unexpectedCharacter, 0), ("a @b", .unexpectedCharacter, 1),
            ("a@b\r\n", .controlCharacter, 3),
            ("a@b\nc", .controlCharacter, 3), ("\r\n \r\n a@b", .controlCharacter, 3),
        ]
    )
    func faults(text: String, reason: AddressError.Reason, position: Int) {
        let error = #expect(throws: AddressError.self) { try strict.parse(text) }
        #expect(error?.reason == reason)
        #expect(error?.position == position)
    }

    @Test(
        "Bytes that are no UTF-8",
        arguments: [
            ([0xFF], 0), ([0x61, 0xC3, 0x28], 1), ([0xC0, 0x80], 0), ([0xED, 0xA0, 0x80], 0),
            ([0x61, 0xE2, 0x82], 1),
            ([0xF5, 0x80, 0x80, 0x80], 0),
        ] as [([UInt8], Int)]
    )
    func invalidUTF8(bytes: [UInt8], position: Int) {
        let error = #expect(throws: AddressError.self) { try lenient.parse(bytes) }
        #expect(error?.reason == .invalidUTF8)
        #expect(error?.position == position)
    }
}
