import NIOCore
import NIOEmbedded
import Testing

@testable import NIOOpenSSL

@Suite("Verification")
struct VerificationTests {
    private static let versions: [TLSVersion] = [.tls12, .tls13]

    /// Connects; the server sends a greeting as soon as it may.
    private func connect(
        _ row: CertificateCase,
        version: TLSVersion,
        verification: CertificateVerification = .full
    ) throws -> Pair {
        let made = try row.make()
        var client = TLSConfiguration()
        client.trustRoots = made.roots
        client.revocationLists = made.revocationLists
        client.verification = verification
        var server = TLSServerConfiguration(identity: made.identity)
        server.maximumVersion = version
        server.cipherList = "DEFAULT@SECLEVEL=0"
        let pair = try Pair(client, server, name: row.host)
        pair.server.write("220 mail.example.org\r\n")
        pair.client.write("EHLO client.example\r\n")
        try pair.pump()
        return pair
    }

    @Test("S-C4.1 a certificate that proves nothing is refused", arguments: CertificateCase.refused, versions)
    func refused(row: CertificateCase, version: TLSVersion) throws {
        let pair = try self.connect(row, version: version)
        let error = try #require(pair.client.failure)
        #expect(error.code == .verificationFailed)
        #expect(error.reason == row.reason, "\(error)")
        #expect(pair.client.recorder.octets.readableBytes == 0)
        #expect(pair.server.recorder.octets.readableBytes == 0)
        #expect(pair.client.recorder.tlsErrors == [error])
        #expect(!pair.client.channel.isActive)
        // The server has got the alert.
        #expect(pair.server.recorder.tlsErrors.first?.code == .alert)
    }

    @Test("S-C4.1 a good certificate is accepted", arguments: CertificateCase.accepted, versions)
    func accepted(row: CertificateCase, version: TLSVersion) throws {
        let pair = try self.connect(row, version: version)
        let session = try #require(pair.client.session, "\(String(describing: pair.client.failure))")
        #expect(session.isVerified)
        #expect(session.verifiedName?.isEmpty == false)
        #expect(pair.client.recorder.text == "220 mail.example.org\r\n")
    }

    @Test(
        "S-C4.3 without verification every certificate is accepted, and said to be unverified",
        arguments: CertificateCase.refused,
        versions
    )
    func disabled(row: CertificateCase, version: TLSVersion) throws {
        let pair = try self.connect(row, version: version, verification: .insecurelyDisabled)
        let session = try #require(pair.client.session, "\(String(describing: pair.client.failure))")
        #expect(!session.isVerified)
        #expect(session.verifiedName == nil)
        #expect(pair.client.recorder.text == "220 mail.example.org\r\n")
        #expect(pair.server.recorder.text == "EHLO client.example\r\n")
    }

    @Test(
        "S-C4.3 the chain alone: names go unchecked, everything else does not",
        arguments: CertificateCase.refused
    )
    func chainOnly(row: CertificateCase) throws {
        let pair = try self.connect(row, version: .tls13, verification: .chainOnly)
        if row.reason == .hostnameMismatch {
            #expect(try #require(pair.client.session).isVerified == false)
        } else {
            #expect(pair.client.failure?.reason == row.reason)
        }
    }

    @Test("S-C4 messages say what an operator must know")
    func messages() throws {
        let authority = try CertificateAuthority(commonName: "Some Root")
        var request = CertificateRequest(dnsNames: ["a.example", "b.example"])
        var server = TLSServerConfiguration(identity: try authority.issue(request).identity)
        var client = TLSConfiguration()
        client.trustRoots = authority.trustRoots
        var pair = try Pair(client, server, name: "c.example")
        try pair.pump()
        #expect(
            pair.client.failure?.message
                == "the certificate is issued for a.example, b.example, but connected to c.example"
        )

        request.notBefore = .seconds(-172_800)
        request.notAfter = .seconds(-86_400)
        let expired = try authority.issue(request)
        server.identity = expired.identity
        pair = try Pair(client, server, name: "a.example")
        try pair.pump()
        #expect(
            pair.client.failure?.message
                == "the certificate of CN=a.example expired on \(expired.certificate.notAfter)"
        )

        client.trustRoots = try CertificateAuthority().trustRoots
        pair = try Pair(client, server, name: "a.example")
        try pair.pump()
        #expect(pair.client.failure?.message.contains("issued by CN=Some Root") == true)
    }

    @Test("S-I2 what a certificate says is escaped and cut")
    func hostileNames() throws {
        let authority = try CertificateAuthority()
        var request = CertificateRequest(commonName: "evil\u{1B}[2J\u{202E}")
        request.rawDNSNames = [Array("\u{1B}[2J\r\n".utf8), [UInt8](repeating: 0x61, count: 5_000)]
        request.dnsNames = (0..<200).map { "host\($0).example" }
        let issued = try authority.issue(request)
        var client = TLSConfiguration()
        client.trustRoots = authority.trustRoots
        let pair = try Pair(client, TLSServerConfiguration(identity: issued.identity))
        try pair.pump()
        let text = try #require(pair.client.failure).description
        #expect(text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
        #expect(text.utf8.count < 2_000)
        #expect(issued.certificate.names.count == 64)
        #expect(!issued.certificate.subject.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" })
    }

    @Test(
        "H4 no SNI for an address, SNI without trailing dot for a name",
        arguments: [
            ("mail.example.org", "mail.example.org"), ("mail.example.org.", "mail.example.org"),
            ("127.0.0.1", nil),
            ("::1", nil),
        ] as [(String, String?)]
    )
    func serverName(host: String, expected: String?) throws {
        let context = try TLSContext(client: TLSConfiguration())
        let side = try Side { try TLSHandler(client: context, peerName: host, port: nil, eventLoop: $0) }
        try side.connect()
        let hello = Array(try side.takeOutput().readableBytesView)
        // The extension server_name (RFC 6066, section 3) with one host_name.
        let name = Array((expected ?? "").utf8)
        let length = UInt8(name.count)
        let entry: [UInt8] = [0, 0, 0, length + 5, 0, length + 3, 0, 0, length] + name
        #expect(Self.contains(hello, entry) == (expected != nil))
        #expect(!Self.contains(hello, Array(host.utf8)) || host == expected || expected != nil)
    }

    @Test(
        "H10 names that are none are refused before anything is sent",
        arguments: [
            "", ".", "a..example", ".example.org", "mail.example.org\0.evil.example", "127.0.0.1\0",
            "bücher.example",
            "*.example.org", "mail example", "mail.example.org..", "[::1]", String(repeating: "a", count: 64),
            String(repeating: "abc.", count: 70) + "example",
        ]
    )
    func names(host: String) throws {
        let context = try TLSContext(client: TLSConfiguration())
        let loop = EmbeddedEventLoop()
        let error = #expect(throws: TLSError.self) {
            try TLSHandler(client: context, peerName: host, port: nil, eventLoop: loop)
        }
        #expect(error?.code == .invalidConfiguration)
    }

    private static func contains(_ octets: [UInt8], _ part: [UInt8]) -> Bool {
        octets.indices.contains { octets[$0...].starts(with: part) }
    }
}
