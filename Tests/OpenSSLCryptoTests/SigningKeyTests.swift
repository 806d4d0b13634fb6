import OpenSSLCrypto
import Testing

struct SigningKeyTests {
    /// Test 1 and test 2 of RFC 8032 section 7.1: seed, public key, message, signature.
    private static let ed25519Vectors = [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                + "d25bf5f0595bbe24655141438e7a100b"
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
                + "387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ]

    private static func octets(hexadecimal text: String) -> [UInt8] {
        stride(from: 0, to: text.utf8.count, by: 2).compactMap {
            UInt8(text.dropFirst($0).prefix(2), radix: 16)
        }
    }

    @Test("R8463-1 Ed25519 vectors of RFC 8032", arguments: ed25519Vectors)
    func ed25519(seed: String, publicKey: String, message: String, signature: String) throws {
        let key = try SigningKey(ed25519Seed: Secret(octets: Self.octets(hexadecimal: seed)))
        #expect(key.kind == .ed25519)
        #expect(try hexadecimal(key.publicKey()) == publicKey)
        #expect(try hexadecimal(key.signature(of: Self.octets(hexadecimal: message))) == signature)
    }

    @Test("a seed has 32 octets", arguments: [0, 31, 33])
    func seedLength(count: Int) {
        #expect(throws: CryptoError.self) {
            try SigningKey(ed25519Seed: Secret(octets: [UInt8](repeating: 1, count: count)))
        }
    }

    @Test("an RSA signature is as long as the modulus and the same each time")
    func rsa() throws {
        let key = try SigningKey.generateRSA(bits: 1024)
        #expect(key.kind == .rsa(bits: 1024))
        let hash = try Digest.sha256.hash([])
        let signature = try key.signature(of: hash)
        #expect(try signature.count == 128 && signature == key.signature(of: hash))
    }

    @Test("RSA signs a hash of SHA-256 and nothing else", arguments: [0, 20, 31, 33, 64])
    func hashLength(count: Int) throws {
        let key = try SigningKey.generateRSA(bits: 1024)
        #expect(throws: CryptoError.self) { try key.signature(of: [UInt8](repeating: 1, count: count)) }
    }

    @Test("an RSA key has 1024 to 16384 bits", arguments: [Int.min, 0, 1023, 16_385, .max])
    func rsaLength(bits: Int) {
        #expect(throws: CryptoError.self) { try SigningKey.generateRSA(bits: bits) }
    }

    @Test("what is written is read again, with its passphrase alone where it has one")
    func encoding() throws {
        let key = try SigningKey.generateEd25519()
        let plain = try key.pem(passphrase: nil)
        let encrypted = try key.pem(passphrase: "secret")
        #expect(try SigningKey(plain).publicKey() == key.publicKey())
        #expect(try SigningKey(encrypted, passphrase: "secret").publicKey() == key.publicKey())
        for passphrase: Secret? in [nil, "", "wrong", Secret(octets: [UInt8](repeating: 1, count: 5000))] {
            #expect(throws: CryptoError.self) { try SigningKey(encrypted, passphrase: passphrase) }
        }
    }

    @Test("a key that is too long is not read")
    func tooLong() throws {
        let plain = try SigningKey.generateEd25519().pem(passphrase: nil).copy()
        let padding = [UInt8](repeating: 0x0A, count: SigningKey.maximumOctets - plain.count)
        #expect(throws: Never.self) { try SigningKey(Secret(octets: plain + padding)) }
        #expect(throws: CryptoError.self) { try SigningKey(Secret(octets: plain + padding + [0x0A])) }
    }

    @Test("H8 no text shows a key")
    func redaction() throws {
        let key = try SigningKey.generateEd25519()
        var dumped = ""
        dump(key, to: &dumped)
        #expect("\(key)" == "Ed25519 key" && String(reflecting: key) == "Ed25519 key")
        #expect(dumped.contains("Ed25519 key") && !dumped.contains("pointer"))
    }
}
