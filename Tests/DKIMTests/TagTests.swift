import DKIM
import Testing

struct TagTests {
    private static let message = octets("From: a@example.org\r\nTo: b\r\n\r\nx\r\n")

    private static func field(_ signer: DKIMSigner) throws -> String {
        text(try signer.signature(for: Self.message, secondsSince1970: signingTime))
    }

    @Test("R6376-5 the tags and their order; never l= or z=", arguments: DKIMCanonicalization.allCases)
    func order(form: DKIMCanonicalization) throws {
        let all = try signer(form, identity: "a@example.org", validity: .seconds(60))
        let field = try Self.field(all)
        #expect(tags(field).map(\.name) == ["v", "a", "c", "d", "s", "t", "x", "i", "h", "bh", "b"])
        #expect(tag("v", of: field) == "1")
        #expect(tag("a", of: field) == "ed25519-sha256")
        #expect(tag("c", of: field) == "\(form)/\(form)")
        #expect(tag("d", of: field) == "example.org")
        #expect(tag("s", of: field) == "s1")
        #expect(tag("t", of: field) == "\(signingTime)")
        #expect(tag("x", of: field) == "\(signingTime + 60)")
        #expect(tag("i", of: field) == "a@example.org")
        #expect(tags(try Self.field(signer())).map(\.name) == ["v", "a", "c", "d", "s", "t", "h", "bh", "b"])
    }

    @Test("R6376-5 S-G3 lines have 78 columns at most, and no fold makes an empty line", arguments: 1...60)
    func folding(length: Int) throws {
        let label = String(repeating: "d", count: length)
        let names = (0..<20).map { "X-\(String(repeating: "n", count: ($0 * length) % 70))\($0)" }
        let signer = try DKIMSigner(
            domain: "\(label).example",
            selector: String(label.reversed()),
            key: Keys.rsa.get(),
            signedFields: names,
            oversignedFields: names
        )
        let field = try Self.field(signer)
        #expect(field.hasSuffix("\r\n"))
        let lines = octets(field).split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
        for (index, line) in lines.enumerated() {
            #expect(line.last == 0x0D && line.count <= 79 && !line.dropLast().contains(0x0D))
            #expect(index == 0 || (line.first == 0x20 && line[line.startIndex + 1] != 0x20 && line.count > 2))
        }
        #expect(tag("h", of: field)?.split(separator: ":").count == 21)
        #expect(tag("b", of: field)?.count == 344)
    }

    @Test(
        "R6376-7 names outside ASCII become A-labels",
        arguments: [("B\u{fc}cher.example", "xn--bcher-kva.example"), ("EXAMPLE.org", "example.org")]
    )
    func internationalDomain(name: String, expected: String) throws {
        let signer = try DKIMSigner(
            domain: name,
            selector: name,
            key: Keys.ed25519.get(),
            identity: "@mail.\(name)"
        )
        #expect(signer.domain == expected && signer.selector == expected)
        #expect(signer.identity == "@mail.\(expected)")
        let field = try Self.field(signer)
        #expect(tag("d", of: field) == expected)
        #expect(tag("s", of: field) == expected)
        #expect(tag("i", of: field) == "@mail.\(expected)")
    }

    @Test(
        "R6376-5 the identity is within the signing domain, its local part quoted",
        arguments: [
            ("@example.org", "@example.org"), ("@a.b.Example.org", "@a.b.example.org"),
            ("joe+x@example.org", "joe+x@example.org"), ("a=b@example.org", "a=3Db@example.org"),
            ("\"a; b\"@example.org", "\"a=3B=20b\"@example.org"),
            ("\u{e4}@example.org", "=C3=A4@example.org"),
        ]
    )
    func identity(text: String, expected: String) throws {
        let field = try Self.field(signer(identity: text))
        #expect(tag("i", of: field) == expected)
    }

    @Test(
        "R6376-5 S-G3 an identity elsewhere is refused",
        arguments: [
            "a@example.com", "@org", "@badexample.org", "example.org", "a@[192.0.2.1]", "", "a@", "@",
            "a b@example.org",
        ]
    )
    func foreignIdentity(text: String) {
        #expect {
            try signer(identity: text)
        } throws: {
            ($0 as? DKIMError)?.reason == .invalidIdentity
        }
    }

    @Test(
        "S-B3.3 R6376-5 what would begin another field or tag is refused",
        arguments: [
            "x\r\nInjected: 1", "x\nInjected: 1", "x\rInjected: 1", "x\u{0}", "x;l=0", "x=y", "x y", "a\tb",
            "", ".", "a..b", "-a", "a_b", "[192.0.2.1]", "x\u{2028}y", "x\u{7f}",
        ]
    )
    func injection(value: String) throws {
        let key = try Keys.ed25519.get()
        #expect {
            try DKIMSigner(domain: value, selector: "s", key: key)
        } throws: {
            ($0 as? DKIMError)?.reason == .invalidDomain
        }
        #expect {
            try DKIMSigner(domain: "example.org", selector: value, key: key)
        } throws: {
            ($0 as? DKIMError)?.reason == .invalidSelector
        }
        #expect {
            try DKIMSigner(domain: "example.org", selector: "s", key: key, identity: "@\(value).example.org")
        } throws: {
            let error = $0 as? DKIMError
            return error?.reason == .invalidIdentity
                && error?.description.utf8.contains { $0 < 0x20 || $0 == 0x7F } == false
        }
    }

    @Test("R6376-5 the name of the key record fits DNS")
    func longNames() throws {
        let label = String(repeating: "a", count: 60)
        let long = [label, label, label].joined(separator: ".")
        #expect {
            try DKIMSigner(domain: long, selector: label, key: Keys.ed25519.get())
        } throws: {
            ($0 as? DKIMError)?.reason == .invalidSelector
        }
        let signer = try DKIMSigner(domain: long, selector: "s", key: Keys.ed25519.get())
        #expect(tag("d", of: try Self.field(signer)) == long)
    }

    @Test("R6376-5 a signature ends after it begins", arguments: [0, -1, 1_000_000_000_000])
    func validity(seconds: Int64) {
        #expect {
            try signer(validity: .seconds(seconds))
        } throws: {
            ($0 as? DKIMError)?.reason == .invalidTime
        }
    }

    @Test("R6376-5 times that have no form are refused", arguments: [-1, 1_000_000_000_000, .max, .min])
    func time(seconds: Int64) throws {
        for validity in [nil, Duration.seconds(1)] {
            let signer = try signer(validity: validity)
            #expect {
                try signer.signature(for: Self.message, secondsSince1970: seconds)
            } throws: {
                ($0 as? DKIMError)?.reason == .invalidTime
            }
        }
        let signer = try signer(validity: .seconds(2))
        #expect(throws: DKIMError.self) {
            try signer.signature(for: Self.message, secondsSince1970: 999_999_999_998)
        }
    }
}
