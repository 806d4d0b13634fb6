import DKIM
import OpenSSLCrypto
import TransferEncoding

func octets(_ text: String) -> [UInt8] { Array(text.utf8) }

func text(_ octets: [UInt8]) -> String { String(decoding: octets, as: UTF8.self) }

/// Keys made once for all tests, since an RSA key takes long.
enum Keys {
    static let rsa = Result { try DKIMKey.generate(.rsaSHA256) }
    static let ed25519 = Result { try DKIMKey.generate(.ed25519SHA256) }
}

/// Time of signing in all tests.
let signingTime: Int64 = 1_700_000_000

/// A signer for example.org with an Ed25519 key.
func signer(
    _ form: DKIMCanonicalization = .relaxed,
    identity: String? = nil,
    signed: [String] = DKIMSigner.defaultSignedFields,
    oversigned: [String] = DKIMSigner.defaultOversignedFields,
    validity: Duration? = nil
) throws -> DKIMSigner {
    try DKIMSigner(
        domain: "example.org",
        selector: "s1",
        key: Keys.ed25519.get(),
        identity: identity,
        headerCanonicalization: form,
        bodyCanonicalization: form,
        signedFields: signed,
        oversignedFields: oversigned,
        validity: validity
    )
}

/// Signatures of a message given in pieces.
func signatures(_ pieces: [[UInt8]], by signers: [DKIMSigner]) throws -> String {
    var signing = try DKIMSigning(signers, secondsSince1970: signingTime)
    for piece in pieces { try signing.append(piece.span) }
    return text(try signing.finish())
}

/// Tags of one DKIM-Signature field, unfolded.
func tags(_ field: String) -> [(name: String, value: String)] {
    let value = field.drop { $0 != ":" }.dropFirst()
    return value.split(separator: ";").map { tag in
        let name = tag.prefix { $0 != "=" }
        let value = tag.dropFirst(name.count + 1).filter { !$0.isWhitespace }
        return (String(name.filter { !$0.isWhitespace }), String(value))
    }
}

/// Value of one tag.
func tag(_ name: String, of field: String) -> String? {
    tags(field).first { $0.name == name }?.value
}

/// Base64 of the SHA-256 of octets.
func hash(_ octets: [UInt8]) throws -> String {
    Base64.encode(try Digest.sha256.hash(octets))
}

/// Numbers that are the same in every run.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { self.state = seed }

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var value = self.state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
