import DKIM
import OpenSSLCrypto
import Testing
import TransferEncoding

struct RFCVectorTests {
    /// The signature of a header with a signature field whose `b=` is empty.
    private static func signature(
        _ header: String,
        _ names: [String],
        _ form: DKIMCanonicalization,
        field: String,
        key: DKIMKey
    ) throws -> String {
        let signed = try HeaderBlock(octets(header)).hashed(names, form)
        let own = try HeaderBlock(octets(field)).hashed(["DKIM-Signature"], form).dropLast(2)
        return Base64.encode(try key.signature(ofHash: Digest.sha256.hash(signed + own)))
    }

    @Test(
        "S-G3.2 R6376-4 body hash of RFC 6376 A.2 and RFC 8463 A.3",
        arguments: [
            (DKIMCanonicalization.simple, RFCVectors.body6376), (.relaxed, RFCVectors.body6376),
            (.relaxed, RFCVectors.body8463),
        ]
    )
    func bodyHash(form: DKIMCanonicalization, body: String) throws {
        let message = octets(RFCVectors.header + "\r\n" + body)
        #expect(tag("bh", of: try signatures([message], by: [signer(form)])) == RFCVectors.bodyHash)
    }

    @Test("S-G3.2 R6376-1 R6376-4 signature of RFC 6376 A.2")
    func rfc6376() throws {
        let signature = try Self.signature(
            RFCVectors.received + RFCVectors.header,
            ["Received", "From", "To", "Subject", "Date", "Message-ID"],
            .simple,
            field: RFCVectors.field6376,
            key: DKIMKey(pem: RFCVectors.rsaKey6376, passphrase: nil, minimumModulusBits: 1024)
        )
        #expect(signature == RFCVectors.signature6376)
    }

    private static let fields = ["from", "to", "subject", "date", "message-id", "from", "subject", "date"]

    @Test("S-G3.2 R8463-1 R6376-3 Ed25519 signature of RFC 8463 A.3")
    func ed25519() throws {
        let seed = try #require(Base64.decode(RFCVectors.ed25519Seed.utf8))
        let signature = try Self.signature(
            RFCVectors.header,
            Self.fields,
            .relaxed,
            field: RFCVectors.fieldEd25519,
            key: DKIMKey(ed25519Seed: Secret(octets: seed))
        )
        #expect(signature == RFCVectors.signatureEd25519)
    }

    @Test("S-G3.2 R8301-1 RSA signature of RFC 8463 A.3")
    func rsa() throws {
        let signature = try Self.signature(
            RFCVectors.header,
            Self.fields,
            .relaxed,
            field: RFCVectors.fieldRSA,
            key: DKIMKey(pem: RFCVectors.rsaKey8463, passphrase: nil, minimumModulusBits: 1024)
        )
        #expect(signature == RFCVectors.signatureRSA)
    }
}
