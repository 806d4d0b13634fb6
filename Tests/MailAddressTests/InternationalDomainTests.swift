import MailAddress
import Testing

@Suite("S-F4: internationalized domains")
struct InternationalDomainTests {
    @Test(
        "S-F4.1: ignored characters vanish and wide forms become plain, as UTS-46 maps them",
        arguments: ["a@exa\u{200B}mple.org", "a@exam\u{AD}ple.org", "a@ex\u{FF41}mple.org"]
    )
    func mapping(text: String) throws {
        let address = try EmailAddress(text)
        #expect(address.wireForm == "a@example.org")
        #expect(address.unicodeForm == "a@example.org")
        #expect(try address == EmailAddress("a@example.org"))
    }

    @Test(
        "S-F4.2: `xn--` labels that are no A-labels",
        arguments: [
            "xn--example-.org", "example.org.xn--", "xn--.org", "xn--a.org", "xn--abc-.org", "xn--xn---.org",
            "xn--99999999.org", "XN--A-.org", "\u{FF58}n--a-.org", "xn--bcher-kva-.org", "xn--0.org",
            "xn--ASCII-.org", "xn---.org", "ü.xn--a-.org", "xn--BUcher-kva.xn--.org",
        ]
    )
    func falseALabels(domain: String) {
        #expect(throws: AddressError.self) { try EmailAddress("a@\(domain)") }
        #expect(throws: AddressError.self) { try AddressListParser(mode: .lenient).parse("a@\(domain)") }
    }

    @Test(
        "S-F4.2: Punycode of what UTS-46 would have mapped or refused",
        arguments: [
            ("B\u{DC}cher", "xn--bcher-2pa"), ("u, combining diaeresis", "xn--bucher-xyd"),
            ("wide a, \u{FC}", "xn--tda9921k"), ("capital sharp s", "xn--fa-64s"),
            ("soft hyphen", "xn--kba1n"), ("zero width space", "xn--tda610n"),
            ("ideographic full stop", "xn--tda981v"), ("wide full stop", "xn--b-dha0426q"),
            ("right-to-left override", "xn--tda580n"), ("leading combining mark", "xn--a-wbb"),
            ("Kelvin sign", "xn--tda985n"), ("unassigned", "xn--zva"),
        ]
    )
    func unstableALabels(content: String, label: String) {
        let error = #expect(throws: AddressError.self) { try EmailAddress("a@\(label).org") }
        #expect(error?.reason == .invalidIDN)
    }

    @Test(
        "S-F4.3: the mapping is non-transitional",
        arguments: [
            ("faß.de", "xn--fa-hia.de"), ("FAẞ.de", "xn--fa-hia.de"), ("βόλος.com", "xn--nxasmm1c.com"),
        ]
    )
    func deviations(domain: String, ascii: String) throws {
        let address = try EmailAddress("a@\(domain)")
        #expect(address.domain.ascii == ascii)
    }

    @Test(
        "S-F4.4: dots of other scripts make no empty labels",
        arguments: ["\u{3002}", "\u{FF0E}", "\u{FF61}"]
    )
    func otherDots(dot: String) throws {
        for domain in ["\(dot)", "a\(dot)", "\(dot)a", "a\(dot)\(dot)b", "a.\(dot)b", "ü\(dot)", "\(dot)ü"] {
            #expect(throws: AddressError.self) { try EmailAddress("a@\(domain)") }
        }
        #expect(try MailDomain("example\(dot)org").ascii == "example.org")
        #expect(try MailDomain("bücher\(dot)example").ascii == "xn--bcher-kva.example")
    }

    @Test(
        "S-F4: labels that map to nothing or to more than letters",
        arguments: [
            "\u{200B}", "\u{AD}.org", "a.\u{200B}.org", "\u{2060}.org", "\u{FE0F}.org", "\u{2100}.org",
            "a\u{FF0F}b.org", "a\u{FF20}b.org", "a\u{FF3F}ü.org", "a\u{FE55}b.org", "ü%41.org", "ü%2e.org",
            "a\u{2024}b\u{FF1A}25", "\u{202E}ü.org", "\u{2488}ü.org", "\u{E000}.org", "\u{378}.org",
        ]
    )
    func refusedLabels(domain: String) {
        #expect(throws: AddressError.self) { try MailDomain(domain) }
    }

    @Test(
        "S-F4.5, R6531-1: only a local part outside ASCII needs SMTPUTF8",
        arguments: [
            ("ü@example.org", true), ("ü@bücher.example", true), ("\"ü ü\"@example.org", true),
            ("u@bücher.example", false), ("u@example.org", false), ("u@xn--bcher-kva.example", false),
        ]
    )
    func needsSMTPUTF8(text: String, isNeeded: Bool) throws {
        let address = try EmailAddress(text)
        #expect(address.needsSMTPUTF8 == isNeeded)
        #expect(address.wireForm.utf8.allSatisfy { $0 < 0x80 } == !isNeeded)
    }

    @Test(
        "R6531-3: U-labels under SMTPUTF8, A-labels otherwise",
        arguments: [
            ("ü@BÜCHER.example", "ü@xn--bcher-kva.example", "ü@bücher.example"),
            ("u@xn--bcher-kva.example", "u@xn--bcher-kva.example", "u@bücher.example"),
            ("\"a b\"@日本語.jp", "\"a b\"@xn--wgv71a119e.jp", "\"a b\"@日本語.jp"),
            ("u@Example.org", "u@example.org", "u@example.org"),
            ("u@[192.0.2.1]", "u@[192.0.2.1]", "u@[192.0.2.1]"),
        ]
    )
    func bothForms(text: String, wire: String, unicode: String) throws {
        let address = try EmailAddress(text)
        #expect(address.wireForm == wire)
        #expect(address.unicodeForm == unicode)
        #expect(try EmailAddress(address.unicodeForm) == address)
    }

    @Test("S-F4: a local part is never put into Punycode or normalized")
    func localPartUntouched() throws {
        for local in ["ü", "\u{FF41}", "e\u{301}", "xn--a", "A\u{AD}"] {
            let address = try EmailAddress("\(local)@example.org")
            #expect(address.localPart.utf8.elementsEqual(local.utf8))
            #expect(address.wireForm.utf8.elementsEqual("\(local)@example.org".utf8))
        }
    }

    @Test("S-F4: lengths count on A-labels")
    func lengths() throws {
        #expect(try MailDomain(String(repeating: "ü", count: 57)).ascii.utf8.count <= 63)
        #expect(throws: AddressError.self) { try MailDomain(String(repeating: "ü", count: 64)) }
        let long = Array(repeating: String(repeating: "ü", count: 50), count: 5).joined(separator: ".")
        let error = #expect(throws: AddressError.self) { try MailDomain(long) }
        #expect(error?.reason == .domainTooLong || error?.reason == .invalidIDN)
        #expect(throws: AddressError.self) { try MailDomain(String(repeating: "ü", count: 600)) }
    }

    @Test(
        "S-F4: scripts tell look-alikes apart",
        arguments: [
            ("example.org", ["Latin"]), ("ex\u{430}mple.org", ["Latin", "Cyrillic"]),
            ("пример.рф", ["Cyrillic"]),
            ("日本語.jp", ["Han", "Latin"]), ("127.0.0.1", []), ("[192.0.2.1]", []), ("a-1.b", ["Latin"]),
            ("ᚠ.org", ["Unknown", "Latin"]),
        ]
    )
    func scripts(domain: String, scripts: [String]) throws {
        #expect(try MailDomain(domain).scripts == Set(scripts))
    }
}
