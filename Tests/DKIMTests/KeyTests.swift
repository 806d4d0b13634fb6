import DKIM
import Foundation
import OpenSSLCrypto
import Testing
import TransferEncoding

struct KeyTests {
    /// The octets between the lines of dashes of a PEM text.
    private static func der(_ pem: String) throws -> [UInt8] {
        let lines = pem.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("-") }
        return try #require(Base64.decode(lines.joined().utf8))
    }

    private static let algorithms: [(DKIMAlgorithm, Result<DKIMKey, any Error>)] = [
        (.rsaSHA256, Keys.rsa), (.ed25519SHA256, Keys.ed25519),
    ]

    @Test("R8301-1 R8463-1 a key is read from PEM, DER and a file, encrypted or not", arguments: [0, 1])
    func forms(index: Int) throws {
        let (algorithm, made) = Self.algorithms[index]
        let key = try made.get()
        #expect(key.algorithm == algorithm)
        let plain = text(try key.pem().copy())
        let encrypted = text(try key.pem(passphrase: "secret").copy())
        #expect(encrypted.contains("ENCRYPTED"))
        let file = FileManager.default.temporaryDirectory.appending(path: "dkim-\(UUID()).key")
        defer { try? FileManager.default.removeItem(at: file) }
        var keys = [
            try DKIMKey(pem: plain), try DKIMKey(pem: encrypted, passphrase: "secret"),
            try DKIMKey(der: Self.der(plain)),
        ]
        for contents in [octets(plain), try Self.der(plain)] {
            try Data(contents).write(to: file)
            keys.append(try DKIMKey(contentsOfFile: file.path()))
        }
        for contents in [octets(encrypted), try Self.der(encrypted)] {
            try Data(contents).write(to: file)
            keys.append(try DKIMKey(contentsOfFile: file.path(), passphrase: "secret"))
        }
        for read in keys {
            #expect(read.algorithm == algorithm && read.dnsRecord == key.dnsRecord)
        }
    }

    @Test("R8301-1 PKCS #1 is read, too")
    func pkcs1() throws {
        let key = try DKIMKey(pem: RFCVectors.rsaKey8463, passphrase: nil, minimumModulusBits: 1024)
        #expect(key.dnsRecord == RFCVectors.rsaRecord8463)
    }

    @Test("R8301-1 an RSA key below 2048 bits is refused")
    func weak() throws {
        #expect {
            try DKIMKey(pem: RFCVectors.rsaKey6376)
        } throws: {
            ($0 as? DKIMError)?.reason == .weakKey
        }
        #expect {
            try DKIMKey(der: Self.der(RFCVectors.rsaKey6376))
        } throws: {
            ($0 as? DKIMError)?.reason == .weakKey
        }
        #expect {
            try DKIMKey.generate(.rsaSHA256, bits: 2047)
        } throws: {
            ($0 as? DKIMError)?.reason == .weakKey
        }
        #expect(throws: DKIMError.self) { try DKIMKey.generate(.rsaSHA256, bits: 16_385) }
    }

    @Test("R8463-1 the key record of Ed25519 has the 32 octets of the public key")
    func record() throws {
        let seed = try #require(Base64.decode(RFCVectors.ed25519Seed.utf8))
        let key = try DKIMKey(ed25519Seed: Secret(octets: seed))
        #expect(key.dnsRecord == RFCVectors.ed25519Record)
        #expect(try Keys.rsa.get().dnsRecord.hasPrefix("v=DKIM1; k=rsa; p=MIIB"))
        #expect(throws: DKIMError.self) { try DKIMKey(ed25519Seed: Secret(octets: seed.dropLast())) }
    }

    /// A P-256 key, which nothing but this test uses.
    private static let ecKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgCIJWopgtHEc/5OL+
        2IAyTzMZEedfXho70sQZbxvTG1GhRANCAARb4tW85Rg4diGRL/2hQ/ippsOJbUIP
        nCmaKMXz0y38X4liK26tfkduP+hZ7acMjojTJQHD6XS1VXz0c6MBkJbo
        -----END PRIVATE KEY-----
        """

    @Test(
        "R8301-1 what is no key, or no key for DKIM, is refused",
        arguments: ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "key", ecKey]
    )
    func unusable(pem: String) {
        #expect {
            try DKIMKey(pem: pem)
        } throws: {
            ($0 as? DKIMError)?.reason == .invalidKey
        }
        #expect {
            try DKIMKey(der: octets(pem))
        } throws: {
            ($0 as? DKIMError)?.reason == .invalidKey
        }
    }

    @Test("an encrypted key needs its passphrase", arguments: [nil, "", "wrong"])
    func passphrase(given: String?) throws {
        let encrypted = text(try Keys.ed25519.get().pem(passphrase: "secret").copy())
        #expect {
            try DKIMKey(pem: encrypted, passphrase: given.map { Secret($0) })
        } throws: {
            ($0 as? DKIMError)?.reason == .invalidKey
        }
        #expect(throws: DKIMError.self) { try Keys.ed25519.get().pem(passphrase: "") }
    }

    @Test(
        "a file that cannot be read, or is too long, is no key",
        arguments: ["", "/nonexistent/key", "a\u{0}b", "/dev/zero"]
    )
    func file(path: String) {
        #expect {
            try DKIMKey(contentsOfFile: path)
        } throws: {
            ($0 as? DKIMError)?.reason == .invalidKey
        }
    }

    @Test("no text shows a key")
    func redaction() throws {
        let key = try Keys.ed25519.get()
        let signer = try signer()
        let lines = text(try key.pem().copy()).split(separator: "\n")
        let secret = try #require(lines.first { !$0.hasPrefix("-") })
        var dumped = ""
        dump(signer, to: &dumped)
        for shown in ["\(key)", String(reflecting: key), "\(signer)", String(reflecting: signer), dumped] {
            #expect(shown.contains("DKIMKey(ed25519-sha256)"))
            #expect(!shown.contains(secret) && !shown.contains("SigningKey"))
        }
    }
}
