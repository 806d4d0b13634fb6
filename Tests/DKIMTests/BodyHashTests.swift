import DKIM
import Testing

struct BodyHashTests {
    private static func bodyHash(_ body: String, _ form: DKIMCanonicalization) throws -> String? {
        tag("bh", of: try signatures([octets("From: a@example.org\r\n\r\n" + body)], by: [signer(form)]))
    }

    @Test(
        "S-G3.1 R6376-4 hash of an empty body",
        arguments: [
            (DKIMCanonicalization.simple, "frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY="),
            (.relaxed, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
        ],
        ["", "\r\n", "\r\n\r\n\r\n", "\n\n", "\r\r"]
    )
    func empty(form: (DKIMCanonicalization, String), body: String) throws {
        #expect(try Self.bodyHash(body, form.0) == form.1)
    }

    @Test("R6376-4 a message that ends with its header has an empty body")
    func headerAlone() throws {
        let field = try signatures([octets("From: a@example.org\r\n")], by: [signer(.relaxed)])
        #expect(tag("bh", of: field) == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
    }

    @Test(
        "R6376-4 simple body",
        arguments: [
            ("a\r\n", "a\r\n"),
            ("a", "a\r\n"),
            ("a\r\n\r\n\r\n", "a\r\n"),
            ("\r\n\r\na\r\n\r\nb\r\n\r\n", "\r\n\r\na\r\n\r\nb\r\n"),
            (" \t a  b \t\r\n \r\n", " \t a  b \t\r\n \r\n"),
            ("a\r\n ", "a\r\n \r\n"),
            (" C \r\nD \t E\r\n\r\n\r\n", " C \r\nD \t E\r\n"),
        ]
    )
    func simple(body: String, canonical: String) throws {
        #expect(try Self.bodyHash(body, .simple) == hash(octets(canonical)))
    }

    @Test(
        "R6376-4 relaxed body",
        arguments: [
            ("a\r\n", "a\r\n"),
            ("a", "a\r\n"),
            ("a \t ", "a\r\n"),
            ("a\r\n\r\n\r\n", "a\r\n"),
            ("a  b\tc\t\td\r\n", "a b c d\r\n"),
            ("  a\r\n\tb\r\n", " a\r\n b\r\n"),
            ("a \r\n \r\n\t\r\nb\t\r\n \r\n\t\r\n", "a\r\n\r\n\r\nb\r\n"),
            (" \r\n\t \r\n", ""),
            ("  ", ""),
            (" C \r\nD \t E\r\n\r\n\r\n", " C\r\nD E\r\n"),
        ]
    )
    func relaxed(body: String, canonical: String) throws {
        #expect(try Self.bodyHash(body, .relaxed) == hash(octets(canonical)))
    }

    @Test(
        "R6376-2 CR and LF alone count as the CRLF that goes out",
        arguments: DKIMCanonicalization.allCases,
        [
            ("a\nb", "a\r\nb"), ("a\rb", "a\r\nb"), ("a\n\rb", "a\r\n\r\nb"), ("a\r\r\nb", "a\r\n\r\nb"),
            ("a \nb \r", "a \r\nb \r\n"), ("\na", "\r\na"), ("a\r", "a\r\n"),
        ]
    )
    func lineEnds(form: DKIMCanonicalization, bodies: (String, String)) throws {
        #expect(try Self.bodyHash(bodies.0, form) == Self.bodyHash(bodies.1, form))
    }

    @Test("S-G3.4 any body in any pieces is hashed as it is defined", arguments: 0..<400)
    func random(seed: Int) throws {
        var numbers = SeededNumbers(seed: UInt64(seed))
        let alphabet = octets(["\r\n a", "\r\n\t  ab", "abcdefgh \r\n", "\r\n", "abcdefghijkl "][seed % 5])
        let isClean = seed % 3 == 0
        var body: [UInt8] = []
        for _ in 0..<Int.random(in: 0...1500, using: &numbers) {
            let octet = alphabet.randomElement(using: &numbers) ?? 0
            if isClean, octet == 0x0D || octet == 0x0A { body += [0x0D, 0x0A] } else { body.append(octet) }
        }
        let message = octets("From: a@example.org\r\n\r\n") + body
        var pieces: [[UInt8]] = []
        var rest = message[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 0...(seed % 2 == 0 ? 700 : 20), using: &numbers))
            pieces.append(Array(piece))
            rest = rest.dropFirst(piece.count)
        }
        for form in DKIMCanonicalization.allCases {
            let field = try signatures(pieces, by: [signer(form)])
            #expect(try tag("bh", of: field) == hash(ReferenceBody.canonical(body, form)), "\(form)")
        }
    }
}
