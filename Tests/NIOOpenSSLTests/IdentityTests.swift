import Foundation
import NIOCore
import NIOEmbedded
import OpenSSLCrypto
import Testing

@testable import NIOOpenSSL

@Suite("Identities and pins")
struct IdentityTests {
    private static let versions: [TLSVersion] = [.tls12, .tls13]

    private func connect(
        version: TLSVersion,
        identity: TLSIdentity?,
        roots: TrustRoots
    ) throws -> Pair {
        let authority = try CertificateAuthority()
        var client = TLSConfiguration()
        client.trustRoots = authority.trustRoots
        client.identity = identity
        var server = TLSServerConfiguration(
            identity: try authority.issue(dnsNames: ["mail.example.org"]).identity
        )
        server.clientTrustRoots = roots
        server.requiresClientCertificate = true
        server.maximumVersion = version
        let pair = try Pair(client, server)
        try pair.pump()
        return pair
    }

    @Test("a client certificate is shown and verified", arguments: versions)
    func clientCertificate(version: TLSVersion) throws {
        let authority = try CertificateAuthority().intermediate()
        let issued = try authority.issue(CertificateRequest(commonName: "alice"))
        let pair = try self.connect(version: version, identity: issued.identity, roots: authority.trustRoots)
        let session = try #require(pair.server.session, "\(String(describing: pair.server.failure))")
        #expect(session.isVerified)
        #expect(session.peerCertificates.first == issued.certificate)
        #expect(session.peerCertificates.count == 2)
        #expect(pair.client.session?.isVerified == true)
    }

    @Test("a client without certificate is refused where one is required", arguments: versions)
    func missing(version: TLSVersion) throws {
        let pair = try self.connect(
            version: version,
            identity: nil,
            roots: try CertificateAuthority().trustRoots
        )
        #expect(pair.server.failure?.reason == .noCertificate)
        // On TLS 1.3 the client learns it after its own handshake (RFC 8446, section 4.4.2.4).
        let error = try #require(pair.client.recorder.tlsErrors.first)
        #expect(error.code == .alert)
        #expect(error.alert == (version == .tls13 ? "certificate required" : "handshake failure"))
        #expect(!pair.client.channel.isActive)
    }

    @Test("a client certificate of another authority is refused", arguments: versions)
    func untrusted(version: TLSVersion) throws {
        let issued = try CertificateAuthority().issue(CertificateRequest(commonName: "mallory"))
        let pair = try self.connect(
            version: version,
            identity: issued.identity,
            roots: try CertificateAuthority().trustRoots
        )
        #expect(pair.server.failure?.reason == .unknownIssuer)
        #expect(pair.client.recorder.tlsErrors.first?.alert == "unknown CA")
    }

    @Test(
        "keys: encrypted with its passphrase, and nothing else",
        arguments: [
            Secret("correct horse"), Secret(octets: [0, 1, 2, 0xFF, 0]),
            Secret(String(repeating: "x", count: 1_000)),
        ]
    )
    func passphrase(passphrase: Secret) throws {
        let issued = try CertificateAuthority().issue(dnsNames: ["mail.example.org"])
        let key = try issued.encryptedKeyPEM(passphrase: passphrase)
        let right = TLSIdentity(certificateChain: issued.chainPEM, privateKey: key, passphrase: passphrase)
        _ = try TLSContext(server: TLSServerConfiguration(identity: right))
        for wrong in [nil, Secret("wrong"), Secret("")] {
            let identity = TLSIdentity(certificateChain: issued.chainPEM, privateKey: key, passphrase: wrong)
            let error = #expect(throws: TLSError.self) {
                try TLSContext(server: TLSServerConfiguration(identity: identity))
            }
            #expect(error?.code == .invalidConfiguration)
            #expect(error.map { "\($0)".contains("horse") } == false)
        }
    }

    @Test("the certificate of an identity can be read, from memory and from a file")
    func certificate() throws {
        let issued = try CertificateAuthority().intermediate().issue(dnsNames: ["mail.example.org"])
        #expect(try issued.identity.certificate() == issued.certificate)
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try Data(issued.chainPEM).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let stored = TLSIdentity(certificateChainFile: file.path(), privateKeyFile: "/nonexistent")
        #expect(try stored.certificate() == issued.certificate)
        for identity in [
            TLSIdentity(certificateChainFile: "/nonexistent", privateKeyFile: file.path()),
            TLSIdentity(certificateChain: [], privateKey: issued.keyPEM),
            TLSIdentity(certificateChain: Array("no certificate".utf8), privateKey: issued.keyPEM),
        ] {
            let error = #expect(throws: TLSError.self) { try identity.certificate() }
            #expect(error?.code == .invalidConfiguration)
        }
    }

    @Test("a key that belongs to another certificate is refused")
    func otherKey() throws {
        let authority = try CertificateAuthority()
        let first = try authority.issue(dnsNames: ["a.example"])
        let second = try authority.issue(dnsNames: ["b.example"])
        let identity = TLSIdentity(certificateChain: first.chainPEM, privateKey: second.keyPEM)
        #expect(throws: TLSError.self) { try TLSContext(server: TLSServerConfiguration(identity: identity)) }
    }

    @Test("H8 no text of a configuration shows the key")
    func redaction() throws {
        let issued = try CertificateAuthority().issue(dnsNames: ["mail.example.org"])
        var configuration = TLSConfiguration()
        configuration.identity = TLSIdentity(
            certificateChain: issued.chainPEM,
            privateKey: issued.keyPEM,
            passphrase: "correct horse"
        )
        var dumped = "\(configuration)"
        dump(configuration, to: &dumped)
        #expect(!dumped.contains("PRIVATE KEY"))
        #expect(!dumped.contains("horse"))
        #expect(dumped.contains("identity in memory"))
    }

    @Test("H10 Q32 what cannot be used is refused when the context is made")
    func invalid() throws {
        var changes: [(inout TLSConfiguration) -> Void] = [
            { $0.trustRoots = .file("/nonexistent/roots.pem") },
            { $0.trustRoots = .file("/etc/hosts\0.pem") },
            { $0.trustRoots = .file("") },
            { $0.trustRoots = .pem(Array("no certificate".utf8)) },
            { $0.trustRoots = .pem([]) },
            {
                $0.trustRoots = .pem(
                    Array("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".utf8)
                )
            },
            {
                $0.identity = TLSIdentity(
                    certificateChainFile: "/nonexistent",
                    privateKeyFile: "/nonexistent"
                )
            },
            { $0.cipherList = "NONE-SUCH" },
            { $0.cipherList = "DEFAULT\0@SECLEVEL=0" },
            { $0.cipherSuites = "NONE-SUCH" },
            { $0.cipherSuites = "TLS_AES_128_GCM_SHA256\0" },
            { $0.revocationLists = [Array("nothing".utf8)] },
        ]
        changes.append {
            $0.minimumVersion = .tls13
            $0.maximumVersion = .tls12
        }
        for change in changes {
            var configuration = TLSConfiguration()
            change(&configuration)
            let error = #expect(throws: TLSError.self) { try TLSContext(client: configuration) }
            #expect(error?.code == .invalidConfiguration)
        }
    }

    @Test("a pin must be 32 octets or 64 digits")
    func pinSyntax() throws {
        let hex = String(repeating: "0aF9", count: 16)
        #expect(try PublicKeyPin(hex: hex).description == hex.lowercased())
        #expect(try PublicKeyPin(hex: hex) == PublicKeyPin(octets: PublicKeyPin(hex: hex).octets))
        #expect(
            try PublicKeyPin(hex: [String](repeating: "ab", count: 32).joined(separator: ":")).octets.count
                == 32
        )
        for text in [
            "", "ab", hex + "00", String(hex.dropLast()), String(repeating: "g", count: 64), "\(hex) ",
        ] {
            #expect(throws: TLSError.self) { try PublicKeyPin(hex: text) }
        }
        #expect(throws: TLSError.self) { try PublicKeyPin(octets: [1, 2, 3]) }
    }

    @Test(
        "Q33 pins are checked beside the chain, and without it",
        arguments: [
            CertificateVerification.full, .insecurelyDisabled,
        ]
    )
    func pins(verification: CertificateVerification) throws {
        let authority = try CertificateAuthority()
        let issued = try authority.issue(dnsNames: ["mail.example.org"])
        var client = TLSConfiguration()
        client.trustRoots = authority.trustRoots
        client.verification = verification
        let other = try PublicKeyPin(octets: [UInt8](repeating: 7, count: 32))
        client.pinnedKeys = [other, issued.certificate.publicKeyPin]
        let server = TLSServerConfiguration(identity: issued.identity)
        let accepted = try Pair(client, server)
        try accepted.pump()
        #expect(accepted.client.session?.isVerified == true)

        client.pinnedKeys = [other]
        let refused = try Pair(client, server)
        refused.client.write("EHLO client.example\r\n")
        try refused.pump()
        #expect(refused.client.failure?.reason == .pinMismatch)
        #expect(refused.client.failure?.message.contains(issued.certificate.publicKeyPin.description) == true)
        #expect(refused.server.recorder.octets.readableBytes == 0)
        #expect(!refused.client.channel.isActive)
    }

    @Test("a pin does not replace the chain")
    func pinWithoutChain() throws {
        let own = try CertificateAuthority.selfSigned(CertificateRequest(dnsNames: ["mail.example.org"]))
        var client = TLSConfiguration()
        client.trustRoots = try CertificateAuthority().trustRoots
        client.pinnedKeys = [own.certificate.publicKeyPin]
        let pair = try Pair(client, TLSServerConfiguration(identity: own.identity))
        try pair.pump()
        #expect(pair.client.failure?.reason == .selfSigned)
    }

    @Test(
        "moments are written as days and times",
        arguments: [
            (0, "1970-01-01 00:00:00 UTC"), (951_782_400, "2000-02-29 00:00:00 UTC"),
            (1_704_067_199, "2023-12-31 23:59:59 UTC"), (-1, "1969-12-31 23:59:59 UTC"),
            (4_107_542_400, "2100-03-01 00:00:00 UTC"), (253_402_300_799, "9999-12-31 23:59:59 UTC"),
        ] as [(Int64, String)]
    )
    func time(seconds: Int64, text: String) {
        #expect(CertificateTime(secondsSince1970: seconds).description == text)
    }
}
