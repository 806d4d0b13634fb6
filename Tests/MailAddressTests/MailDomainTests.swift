import MailAddress
import Testing

@Suite("MailDomain")
struct MailDomainTests {
    @Test(
        "R5321-4.1.3-1: IP addresses as literals",
        arguments: [
            ("192.0.2.1", "[192.0.2.1]"), ("::1", "[IPv6:::1]"), ("2001:db8::1", "[IPv6:2001:db8::1]"),
            ("::ffff:192.0.2.1", "[IPv6:::ffff:192.0.2.1]"), ("::", "[IPv6:::]"),
            ("192.0.2.01", nil), ("192.0.2", nil), ("", nil), ("[192.0.2.1]", nil), ("example", nil),
            ("fe80::1%eth0", nil), ("IPv6:::1", nil), ("1::2::3", nil), ("::1]", nil), ("192.0.2.1:25", nil),
        ]
    )
    func ipAddresses(text: String, literal: String?) throws {
        let domain = try? MailDomain(ipAddress: text)
        #expect(domain?.ascii == literal)
        if let domain {
            #expect(domain.isLiteral)
            #expect(domain.kind == .addressLiteral)
            #expect(domain.unicode == domain.ascii)
            #expect(try MailDomain(domain.ascii) == domain)
        }
    }

    @Test("R5321-4.1.3-1: every value of an octet, with and without leading zeros", arguments: 0...999)
    func octets(value: Int) {
        #expect(((try? MailDomain("[\(value).0.2.1]")) != nil) == (value <= 255))
        #expect((try? MailDomain("[192.0.2.0\(value)]")) == nil)
    }

    @Test("R5321-4.1.3-1: `::` stands for two groups or more", arguments: 0...9, 0...9)
    func compression(before: Int, after: Int) {
        let head = repeatElement("a", count: before).joined(separator: ":")
        let tail = repeatElement("b", count: after).joined(separator: ":")
        let domain = try? MailDomain("[IPv6:\(head)::\(tail)]")
        #expect((domain != nil) == (before + after <= 6))
    }

    @Test("R5321-4.1.2-1: labels of one to 63 letters, digits and hyphens", arguments: 1...70)
    func labelLengths(length: Int) {
        let label = String(repeating: "a", count: length)
        #expect(((try? MailDomain(label)) != nil) == (length <= 63))
        #expect(((try? MailDomain("x.\(label).y")) != nil) == (length <= 63))
    }

    @Test("R5321-4.1.2-1: each ASCII character within a label", arguments: UInt8(0)...0x7F)
    func labelCharacters(byte: UInt8) {
        let character = Character(Unicode.Scalar(byte))
        let isAllowed = character.isLetter || character.isNumber || character == "-" || character == "."
        #expect(((try? MailDomain("a\(character)b")) != nil) == isAllowed)
    }

    @Test(
        "Faults are told apart",
        arguments: [
            ("", AddressError.Reason.empty, 0), ("a.", .invalidLabel, 2), (".a", .invalidLabel, 0),
            ("a..b", .invalidLabel, 2), ("-a", .invalidLabel, 0), ("x.a-", .invalidLabel, 2),
            ("a_b", .trailingText, 1), ("a b", .trailingText, 1), ("[1.2.3.4", .invalidLiteral, 8),
            ("[1.2.3]", .invalidLiteral, 0), ("[1.2.3.4]x", .trailingText, 9),
            ("a\u{0}", .controlCharacter, 1),
            ("xn--a.b", .invalidIDN, 0), ("@", .unexpectedCharacter, 0),
        ]
    )
    func faults(text: String, reason: AddressError.Reason, position: Int) {
        let error = #expect(throws: AddressError.self) { try MailDomain(text) }
        #expect(error?.reason == reason)
        #expect(error?.position == position)
    }

    @Test("Names are equal whatever their case and form")
    func equality() throws {
        let domains = try ["Bücher.example", "bu\u{308}cher.EXAMPLE", "XN--bcher-kva.example"].map {
            try MailDomain($0)
        }
        #expect(Set(domains).count == 1)
        #expect(domains.first?.description == "xn--bcher-kva.example")
        #expect(try MailDomain("[x:a]") != MailDomain("[x:b]"))
    }
}
