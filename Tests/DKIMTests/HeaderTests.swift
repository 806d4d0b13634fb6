import DKIM
import Testing

struct HeaderTests {
    private static func hashed(
        _ header: String,
        _ names: [String],
        _ form: DKIMCanonicalization
    ) throws -> String {
        text(try HeaderBlock(octets(header)).hashed(names, form))
    }

    @Test(
        "R6376-4 relaxed header field",
        arguments: [
            ("A: X\r\n", "a:X\r\n"),
            ("A:X\r\n", "a:X\r\n"),
            ("A : \t X \t Y \t\r\n", "a:X Y\r\n"),
            ("A: X\r\n \r\n\tY\r\n", "a:X Y\r\n"),
            ("A:\r\n X\r\n", "a:X\r\n"),
            ("A:\r\n", "a:\r\n"),
            ("A: \r\n \t\r\n", "a:\r\n"),
            ("A: b: c;\r\n", "a:b: c;\r\n"),
            ("a: \u{e4}  \u{f6}\r\n", "a:\u{e4} \u{f6}\r\n"),
        ]
    )
    func relaxed(field: String, canonical: String) throws {
        #expect(try Self.hashed(field, ["A"], .relaxed) == canonical)
    }

    @Test(
        "R6376-4 simple header field stays as it is",
        arguments: ["A: X\r\n", "A : \t X \t Y \t\r\n", "A: X\r\n \r\n\tY\r\n", "a:\r\n"]
    )
    func simple(field: String) throws {
        #expect(try Self.hashed("B: 1\r\n" + field + "C: 2\r\n", ["A"], .simple) == field)
    }

    @Test("R6376-4 the example of RFC 6376 section 3.4.5")
    func example() throws {
        let header = "A: X\r\nB : Y\t\r\n\tZ  \r\n"
        #expect(try Self.hashed(header, ["A", "B"], .relaxed) == "a:X\r\nb:Y Z\r\n")
        #expect(try Self.hashed(header, ["A", "B"], .simple) == header)
    }

    @Test("R6376-3 repeated fields are taken from the bottom up, and what is not there adds nothing")
    func bottomUp() throws {
        let header = "A: 1\r\nB: 2\r\na: 3\r\nA: 4\r\n"
        #expect(
            try Self.hashed(header, ["a", "A", "C", "B", "A", "a", "a"], .relaxed)
                == "a:4\r\na:3\r\nb:2\r\na:1\r\n"
        )
    }

    private static func listed(_ header: String, _ signer: DKIMSigner) throws -> String? {
        tag("h", of: try signatures([octets(header + "\r\n")], by: [signer]))
    }

    @Test("R6376-3 S-G3 fields that a reader sees are listed once more than they are there")
    func oversigned() throws {
        let header = "From: a@example.org\r\nTo: b\r\nto: c\r\nX: 1\r\nReferences: <1@b>\r\n"
        let list = try Self.listed(header, signer())
        #expect(
            list
                == "From:From:To:To:To:Cc:Subject:Date:Message-ID:Reply-To:References:MIME-Version:Content-Type"
        )
    }

    @Test("R6376-3 both lists can be chosen, and a field to be oversigned is signed")
    func chosenLists() throws {
        let header = "From: a@example.org\r\nTo: b\r\nX: 1\r\nX: 2\r\nY: 3\r\n"
        #expect(try Self.listed(header, signer(signed: ["X", "x", "Z"], oversigned: [])) == "From:X:X")
        #expect(try Self.listed(header, signer(signed: [], oversigned: ["Y", "Z"])) == "From:Y:Y:Z")
    }

    @Test("R6376-1 From is signed although nobody asks for it")
    func from() throws {
        #expect(try Self.listed("from: a@example.org\r\n", signer(signed: [], oversigned: [])) == "From")
    }

    @Test("R6376-6 fields that change on the way are not signed, and existing signatures stay")
    func untouched() throws {
        let message = octets(
            "DKIM-Signature: v=1\r\nReceived: x\r\nReturn-Path: <>\r\nBcc: c\r\nComments: d\r\n"
                + "From: a@example.org\r\n\r\n"
        )
        let signed = try DKIMSigner.sign(message, with: [signer()], secondsSince1970: signingTime)
        let field = try signer().signature(for: message, secondsSince1970: signingTime)
        #expect(signed == field + message)
        let list = try #require(tag("h", of: text(field))).lowercased().split(separator: ":")
        let expected = DKIMSigner.defaultOversignedFields.map { Substring($0.lowercased()) }
        #expect(Set(list) == Set(expected))
    }

    @Test(
        "R6376-6 fields that must not be signed are refused",
        arguments: [
            "Return-Path", "received", "BCC", "Resent-Bcc", "DKIM-Signature", "Comments", "Keywords", "",
            "a b", "a:b", "a;b", "a\r\nb", "\u{e4}", String(repeating: "a", count: 77),
        ]
    )
    func unsignable(name: String) throws {
        #expect {
            try signer(signed: [name])
        } throws: {
            ($0 as? DKIMError)?.reason == .unsignableField
        }
        #expect {
            try signer(oversigned: ["To", name])
        } throws: {
            ($0 as? DKIMError)?.reason == .unsignableField
        }
    }
}
