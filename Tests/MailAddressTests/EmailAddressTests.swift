import MailAddress
import Testing

@Suite("EmailAddress")
struct EmailAddressTests {
    @Test("S-A3.1: a parameter hidden in a quoted local part stays between its quotes")
    func hiddenParameter() throws {
        let address = try EmailAddress("\"a@b> NOTIFY=NEVER\"@good.example")
        #expect(address.wireForm == "\"a@b> NOTIFY=NEVER\"@good.example")
        #expect(address.localPart == "a@b> NOTIFY=NEVER")
        #expect(address.domain.ascii == "good.example")
    }

    @Test("S-A3.1: the same, put together from parts")
    func hiddenParameterFromParts() throws {
        let domain = try MailDomain("good.example")
        let address = try EmailAddress(localPart: "a@b> NOTIFY=NEVER", domain: domain)
        #expect(address.wireForm == "\"a@b> NOTIFY=NEVER\"@good.example")
        #expect(try EmailAddress(address.wireForm) == address)
    }

    @Test(
        "S-A3.4, S-A4: brackets and space around an address",
        arguments: ["a>b@x", "<a@x>", "a@x ", " a@x"]
    )
    func surroundings(text: String) {
        #expect(throws: AddressError.self) { try EmailAddress(text) }
    }

    @Test("S-A4.1: the null path is no address", arguments: ["<>", "", "<Postmaster>"])
    func nullPath(text: String) {
        #expect(throws: AddressError.self) { try EmailAddress(text) }
    }

    @Test("S-F1.1: an address in a quoted local part is not the recipient")
    func misrouting() throws {
        let text = "\"xclow3n@gmail.com x\"@internal.domain"
        let address = try EmailAddress(text)
        #expect(address.domain.ascii == "internal.domain")
        #expect(address.wireForm == text)
        for mode in [AddressListParser.Mode.strict, .lenient] {
            #expect(try AddressListParser(mode: mode).mailboxes(in: text) == [Mailbox(address)])
        }
    }

    @Test("S-F1.2: text behind a comment does not join the domain")
    func commentAndTail() {
        let text = "\"user\"@example.com(x)evil.com"
        #expect(throws: AddressError.self) { try EmailAddress(text) }
        #expect(throws: AddressError.self) { try AddressListParser(mode: .strict).parse(text) }
        #expect(throws: AddressError.self) { try AddressListParser(mode: .lenient).parse(text) }
    }

    @Test(
        "S-F1.3: forms that only look like an address",
        arguments: ["a@b@c", "a@b, c", "a@@b", "@b", "a@", "a..b@c", ".a@c", "a.@c"]
    )
    func almost(text: String) {
        #expect(throws: AddressError.self) { try EmailAddress(text) }
        #expect(throws: AddressError.self) { try AddressListParser(mode: .strict).parse(text) }
    }

    @Test("S-F5: source routes are refused; % and ! are plain text")
    func oddForms() throws {
        #expect(throws: AddressError.self) { try EmailAddress("@a.example,@b.example:user@c.example") }
        #expect(try EmailAddress("user%b.example@c.example").wireForm == "user%b.example@c.example")
        #expect(try EmailAddress("b.example!user@c.example").wireForm == "b.example!user@c.example")
    }

    @Test("R5321-2.4-1: the case of a local part is kept and counts; that of a domain does not")
    func letterCase() throws {
        let mixed = try EmailAddress("UseR@EXAMPLE.org")
        #expect(mixed.localPart == "UseR")
        #expect(mixed.wireForm == "UseR@example.org")
        #expect(try mixed == EmailAddress("UseR@example.ORG"))
        #expect(try mixed != EmailAddress("user@example.org"))
    }

    @Test(
        "R5321-4.1.2-1: quotes only where they are needed",
        arguments: [
            ("abc", "abc"), ("a.b", "a.b"), ("", nil), ("a b", "\"a b\""), (".a", "\".a\""),
            ("a.", "\"a.\""), ("a..b", "\"a..b\""), ("a\"b", "\"a\\\"b\""), ("a\\b", "\"a\\\\b\""),
            ("a@b", "\"a@b\""), ("a,b", "\"a,b\""), ("<a>", "\"<a>\""), (" ", "\" \""), ("é", "é"),
            ("é é", "\"é é\""), ("\"a\"", "\"\\\"a\\\"\""),
        ]
    )
    func quoting(localPart: String, wire: String?) throws {
        let domain = try MailDomain("example.org")
        let address = try? EmailAddress(localPart: localPart, domain: domain)
        #expect(address?.wireForm == wire.map { $0 + "@example.org" })
        if let address {
            #expect(address.localPart == localPart)
            #expect(try EmailAddress(address.wireForm) == address)
        }
    }

    @Test("R5321-4.1.2-1: a backslash quotes %d32-126 and nothing else", arguments: UInt8.min...UInt8.max)
    func quotedPairs(byte: UInt8) {
        let character = Unicode.Scalar(byte)
        let address = try? EmailAddress("\"\\\(character)\"@example.org")
        #expect((address != nil) == (32...126).contains(byte))
        #expect(address == nil || address?.localPart == String(character))
    }

    @Test("R5321-4.1.2-1: quoted and plain spelling are one recipient")
    func spellings() throws {
        let plain = try EmailAddress("a.b@example.org")
        let quoted = try EmailAddress("\"a.b\"@Example.org")
        let escaped = try EmailAddress("\"\\a.\\b\"@example.ORG")
        #expect(Set([plain, quoted, escaped]).count == 1)
    }

    @Test("R5321-4.5.3.1.1-1: 64 octets of local part, 255 of domain, 256 of path")
    func lengths() throws {
        let label = String(repeating: "x", count: 63)
        let domain255 = "\(label).\(label).\(label).\(label)"
        #expect(domain255.utf8.count == MailDomain.maximumLength)
        #expect(try MailDomain(domain255).ascii == domain255)
        #expect(reason { _ = try MailDomain(domain255 + ".x") } == .domainTooLong)

        let local64 = String(repeating: "u", count: 64)
        #expect(try EmailAddress(local64 + "@x").localPart == local64)
        #expect(reason { _ = try EmailAddress(local64 + "u@x") } == .localPartTooLong)
        // A quote or a backslash takes two octets, and the quotes take two more.
        let domain = try MailDomain("x")
        let quotes31 = String(repeating: "\"", count: 31)
        #expect(try EmailAddress(localPart: quotes31, domain: domain).wireForm.utf8.count == 66)
        #expect(
            reason { _ = try EmailAddress(localPart: quotes31 + "u", domain: domain) } == .localPartTooLong
        )
        // Octets count, not characters.
        #expect(try EmailAddress(String(repeating: "é", count: 32) + "@x").needsSMTPUTF8)
        #expect(
            reason { _ = try EmailAddress(String(repeating: "é", count: 33) + "@x") } == .localPartTooLong
        )

        let domain252 = String(domain255.dropLast(3))
        #expect(try EmailAddress("u@" + domain252).wireForm.utf8.count == 254)
        #expect(reason { _ = try EmailAddress("uu@" + domain252) } == .pathTooLong)
        let longDomain = try MailDomain(domain252)
        #expect(reason { _ = try EmailAddress(localPart: "uu", domain: longDomain) } == .pathTooLong)
    }

    @Test("Equality is by octets, and equal addresses hash alike")
    func equality() throws {
        let composed = try EmailAddress("\u{E9}@example.org")
        let decomposed = try EmailAddress("e\u{301}@example.org")
        #expect(composed != decomposed)
        #expect(try Set([composed, decomposed, EmailAddress("\u{E9}@EXAMPLE.org")]).count == 2)
        #expect(composed.description == composed.wireForm)
    }

    private func reason(_ body: () throws -> Void) -> AddressError.Reason? {
        (#expect(throws: AddressError.self, performing: body))?.reason
    }
}
