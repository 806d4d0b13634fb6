import DKIM
import Testing

struct MessageErrorTests {
    @Test(
        "R6376-1 a header that cannot be signed is refused",
        arguments: [
            ("", DKIMError.Reason.missingFrom),
            ("\r\n", .missingFrom),
            ("\r\nFrom: a@example.org\r\n", .missingFrom),
            ("To: b\r\n\r\nFrom: a@example.org\r\n", .missingFrom),
            ("From: a@example.org", .unfinishedHeader),
            ("From: a@example.org\r\n ", .unfinishedHeader),
            (" From: a@example.org\r\n\r\n", .malformedHeader),
            ("From: a@example.org\r\nno field\r\n\r\n", .malformedHeader),
            ("From: a@example.org\r\n: x\r\n\r\n", .malformedHeader),
            ("From: a@example.org\r\nX Y: x\r\n\r\n", .malformedHeader),
            ("From: a@example.org\r\n\u{e4}: x\r\n\r\n", .malformedHeader),
        ]
    )
    func unsignable(message: String, reason: DKIMError.Reason) throws {
        #expect {
            try signer().signature(for: octets(message), secondsSince1970: signingTime)
        } throws: {
            ($0 as? DKIMError)?.reason == reason
        }
    }

    @Test("a header may have 1 MiB and no more")
    func headerLength() throws {
        let start = octets("From: a@example.org\r\nX: ")
        let length = DKIMSigning.maximumHeaderLength - start.count
        var signing = try DKIMSigning([signer()], secondsSince1970: signingTime)
        try signing.append(start.span)
        try signing.append([UInt8](repeating: 0x61, count: length).span)
        #expect {
            try signing.append([0x61].span)
        } throws: {
            ($0 as? DKIMError)?.reason == .headerTooLong
        }
    }

    @Test("without a signer there is no signature and no error")
    func noSigner() throws {
        let message = octets("no field")
        #expect(try DKIMSigner.sign(message, with: [], secondsSince1970: signingTime) == message)
    }

    @Test("several signers sign in their order, each as it would alone")
    func several() throws {
        let message = octets("From: a@example.org\r\n\r\na  b\r\n")
        let rsa = try DKIMSigner(
            domain: "example.com",
            selector: "s2",
            key: Keys.rsa.get(),
            headerCanonicalization: .simple,
            bodyCanonicalization: .simple
        )
        let both = try DKIMSigner.sign(message, with: [signer(), rsa], secondsSince1970: signingTime)
        let first = try signer().signature(for: message, secondsSince1970: signingTime)
        let second = try rsa.signature(for: message, secondsSince1970: signingTime)
        #expect(both == first + second + message)
    }
}
