import MailAddress
import MailMessage
import Testing

@Suite("Address fields")
struct AddressFieldTests {
    @Test(
        "R2047-2 R2047-4 R5322-4-1 names are atoms, quoted-strings or encoded-words, in that order",
        arguments: [
            (nil, "a@b.example"), ("Ann", "Ann <a@b.example>"), ("Ann Lee", "Ann Lee <a@b.example>"),
            ("J. Doe", #""J. Doe" <a@b.example>"#), ("Doe, Jane", #""Doe, Jane" <a@b.example>"#),
            ("a  b", #""a  b" <a@b.example>"#), (#"q"b\"#, #""q\"b\\" <a@b.example>"#),
            ("x <v@evil.example>", #""x <v@evil.example>" <a@b.example>"#),
            ("Jörg", "=?utf-8?B?SsO2cmc=?= <a@b.example>"),
            ("Müller, Jörg & Söhne", "=?utf-8?B?TcO8bGxlciwgSsO2cmcgJiBTw7ZobmU=?= <a@b.example>"),
            ("=?x?q?=41?=", "=?utf-8?B?PT94P3E/PTQxPz0=?= <a@b.example>"),
            (" a", "=?utf-8?Q?_a?= <a@b.example>"),
        ] as [(String?, String)]
    )
    func names(name: String?, value: String) throws {
        let field = try encoded(.to, .mailboxes([Mailbox(name, "a@b.example")]))
        #expect(unfolded(field) == value)
    }

    @Test("R2047-2 an encoded-word in a name has letters, digits and !*+-/ alone")
    func restrictedSet() throws {
        let name = "(\"Ü\" <x@y>, [z]; {it's} #1 $2 %3 &4 ^5 `6 |7 ~8 =9 ?0 _a .b @c :d)"
        let field = try encoded(
            .to,
            .mailboxes([Mailbox(String(repeating: "plain ", count: 20) + name, "a@b.example")])
        )
        for word in EncodedWordReader.words(in: field) {
            let text = try #require(word.wholeMatch(of: /=\?utf-8\?([BQ])\?(.+)\?=/))
            #expect(text.1 == "B" || text.2.wholeMatch(of: /[A-Za-z0-9!*+\-\/=_]+/) != nil)
            #expect(text.1 == "B" || text.2.replacing(/=[0-9A-F]{2}/, with: "").contains("=") == false)
        }
        #expect(EncodedWordReader.decode(unfolded(field)).contains(name))
    }

    @Test("S-B6.1 an encoded-word in a local part is written as it is, and never decoded")
    func encodedLocalPart() throws {
        let text = "=?utf-8?q?a=40evil.com=3e=20?=@good.example"
        let mailboxes = try AddressListParser().mailboxes(in: text)
        #expect(mailboxes.map(\.address.domain.ascii) == ["good.example"])
        #expect(try encoded(.to, .mailboxes(mailboxes)) == "To: \(text)\r\n")
    }

    @Test("S-B6.2 a name that is an encoded-word of an unknown charset is kept as text")
    func unknownCharset() throws {
        let mailboxes = try AddressListParser().mailboxes(in: "=?x?q?=41=42?= <a@b.example>")
        #expect(mailboxes.map(\.displayName) == ["=?x?q?=41=42?="])
        let field = try encoded(.to, .mailboxes(mailboxes))
        #expect(EncodedWordReader.decode(unfolded(field)) == "=?x?q?=41=42?= <a@b.example>")
        #expect(!field.contains("=?x?"))
    }

    @Test("S-B7.1 50 recipients with long names outside ASCII come back, one by one and in order")
    func longNames() throws {
        var mailboxes: [Mailbox] = []
        for number in 0..<50 {
            let name = String(repeating: "Ж, ", count: 19) + "\(number)"
            mailboxes.append(try Mailbox(name, "user\(number)@example.org"))
        }
        let field = try encoded(.to, .mailboxes(mailboxes))
        for line in lines(of: field) { #expect(line.utf8.count <= 78) }
        for word in EncodedWordReader.words(in: field) {
            #expect(word.utf8.count <= 75)
            #expect(EncodedWordReader.decode(word: word) != nil)
        }
        let again = try AddressListParser().mailboxes(in: String(unfolded(field)))
        #expect(again.map(\.address) == mailboxes.map(\.address))
        #expect(again.map { EncodedWordReader.decode($0.displayName ?? "") } == mailboxes.map(\.displayName))
    }

    @Test("S-B7 R5322-2.2-1 a list is folded between its tokens, and a quoted-string never")
    func folding() throws {
        let name = "Lastname, Firstname Of Some Considerable Length"
        let mailboxes = try (0..<20).map { try Mailbox(name, "user\($0)@example.org") }
        let field = try encoded(.cc, .mailboxes(mailboxes))
        #expect(lines(of: field).allSatisfy { $0.utf8.count <= 78 })
        #expect(lines(of: field).allSatisfy { $0.utf8.count { $0 == UInt8(ascii: "\"") } % 2 == 0 })
        let longer = try encoded(.cc, .mailboxes([Mailbox(name + name, "a@b.example")]))
        #expect(!longer.contains("\""))
        #expect(EncodedWordReader.decode(unfolded(longer)) == "\(name)\(name) <a@b.example>")
    }

    @Test(
        "R5322-3.4-1 groups are written with their members",
        arguments: [
            ("Team", ["a@b.example", "c@d.example"], "Team: a@b.example, c@d.example;"),
            ("undisclosed-recipients", [], "undisclosed-recipients:;"),
            ("a,b", ["a@b.example"], #""a,b": a@b.example;"#), ("Grüße", [], "=?utf-8?B?R3LDvMOfZQ==?= :;"),
        ]
    )
    func groups(name: String, members: [String], value: String) throws {
        let group = try AddressGroup(name: name, members: members.map { try Mailbox(nil, $0) })
        #expect(try unfolded(encoded(.to, .addresses([.group(group)]))) == value)
        let mailbox = AddressListEntry.mailbox(try Mailbox(nil, "z@b.example"))
        #expect(
            try unfolded(encoded(.to, .addresses([mailbox, .group(group), mailbox])))
                == "z@b.example, \(value), z@b.example"
        )
    }

    @Test("R5322-3.4-1 groups are refused where none may stand")
    func misplacedGroups() throws {
        let entries = [AddressListEntry.group(try AddressGroup(name: "Team", members: []))]
        for name: FieldName in [.to, .cc, .bcc, .replyTo, .from, .sender, .resentTo] {
            #expect(try unfolded(encoded(name, .addresses(entries))) == "Team:;")
        }
        for name: FieldName in [.dispositionNotificationTo, .returnPath, try FieldName("X-To")] {
            let error = #expect(throws: MessageError.self) { try encoded(name, .addresses(entries)) }
            #expect(error?.reason == .invalidFieldValue)
        }
    }

    @Test("R5322-4-1 an empty list is refused, outside Bcc")
    func emptyList() throws {
        #expect(throws: MessageError.self) { try encoded(.to, .mailboxes([])) }
        #expect(try encoded(.bcc, .mailboxes([])) == "Bcc:\r\n")
    }

    @Test("R6532-1 an address outside ASCII needs SMTPUTF8; a domain outside ASCII does not")
    func utf8() throws {
        let mailbox = try Mailbox("Jörg", "jörg@bücher.example")
        let error = #expect(throws: MessageError.self) { try encoded(.to, .mailboxes([mailbox])) }
        #expect(error?.reason == .needsSMTPUTF8)
        #expect(
            try encoded(.to, .mailboxes([mailbox]), allowsUTF8: true) == "To: Jörg <jörg@bücher.example>\r\n"
        )
        let other = try Mailbox(nil, "a@bücher.example")
        for allowsUTF8 in [false, true] {
            #expect(
                try encoded(.to, .mailboxes([other]), allowsUTF8: allowsUTF8)
                    == "To: a@xn--bcher-kva.example\r\n"
            )
        }
    }
}
