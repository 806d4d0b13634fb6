import NIOEmbedded
import Testing

@testable import NIOOpenSSL

@Suite("DANE")
struct DANETests {
    private struct Made {
        let authority: CertificateAuthority
        let leaf: IssuedCertificate
    }

    /// A certificate below an intermediate authority, whose root nobody trusts.
    private func make(_ change: (inout CertificateRequest) -> Void = { _ in }) throws -> Made {
        let authority = try CertificateAuthority().intermediate()
        var request = CertificateRequest(dnsNames: ["mail.example.org"])
        change(&request)
        return Made(authority: authority, leaf: try authority.issue(request))
    }

    private func connect(
        _ leaf: IssuedCertificate,
        _ records: [TLSARecord],
        verification: CertificateVerification = .full,
        roots: TrustRoots? = nil
    ) throws -> Pair {
        var client = TLSConfiguration()
        client.trustRoots = try roots ?? CertificateAuthority().trustRoots
        client.daneRecords = records
        client.verification = verification
        let pair = try Pair(client, TLSServerConfiguration(identity: leaf.identity))
        try pair.pump()
        return pair
    }

    private func keyRecord(_ certificate: TLSCertificate, usage: UInt8) -> TLSARecord {
        TLSARecord(usage: usage, selector: 1, matchingType: 1, data: certificate.publicKeyPin.octets)
    }

    private static let mismatch = TLSARecord(
        usage: 3,
        selector: 1,
        matchingType: 1,
        data: [UInt8](repeating: 7, count: 32)
    )

    @Test("R7672-2 R7672-3 DANE-EE: no root, another name and a past end do not matter")
    func endEntity() throws {
        let made = try self.make {
            $0.dnsNames = ["other.example.org"]
            $0.notBefore = .seconds(-172_800)
            $0.notAfter = .seconds(-86_400)
        }
        let pair = try self.connect(
            made.leaf,
            [Self.mismatch, self.keyRecord(made.leaf.certificate, usage: 3)]
        )
        let session = try #require(pair.client.session, "\(String(describing: pair.client.failure))")
        #expect(session.isVerified)
        #expect(session.verifiedName == nil)
    }

    @Test("R7672-2 DANE-EE with the whole certificate")
    func wholeCertificate() throws {
        let made = try self.make()
        let record = TLSARecord(usage: 3, selector: 0, matchingType: 0, data: made.leaf.certificate.der)
        #expect(try self.connect(made.leaf, [record]).client.session?.isVerified == true)
    }

    @Test("R7672-2 DANE-TA: an authority of the chain decides, and the name counts")
    func trustAnchor() throws {
        let made = try self.make()
        let record = self.keyRecord(made.authority.own.certificate, usage: 2)
        let session = try #require(try self.connect(made.leaf, [record]).client.session)
        #expect(session.isVerified)
        #expect(session.verifiedName == "mail.example.org")

        let other = try made.authority.issue(dnsNames: ["other.example.org"])
        #expect(try self.connect(other, [record]).client.failure?.reason == .hostnameMismatch)

        var request = CertificateRequest(dnsNames: ["mail.example.org"])
        request.notBefore = .seconds(-172_800)
        request.notAfter = .seconds(-86_400)
        let expired = try made.authority.issue(request)
        #expect(try self.connect(expired, [record]).client.failure?.reason == .expired)
    }

    @Test(
        "R7672-2 a usable record that does not fit refuses, whatever else would accept",
        arguments: [
            CertificateVerification.full, .chainOnly, .insecurelyDisabled,
        ]
    )
    func mismatch(verification: CertificateVerification) throws {
        let authority = try CertificateAuthority()
        let leaf = try authority.issue(dnsNames: ["mail.example.org"])
        let pair = try self.connect(
            leaf,
            [Self.mismatch],
            verification: verification,
            roots: authority.trustRoots
        )
        #expect(pair.client.failure?.code == .verificationFailed)
        #expect(pair.client.failure?.reason == .daneMismatch)
    }

    @Test(
        "R7672-2 unusable records decide nothing",
        arguments: [
            TLSARecord(usage: 0, selector: 0, matchingType: 1, data: [UInt8](repeating: 7, count: 32)),
            TLSARecord(usage: 1, selector: 1, matchingType: 1, data: [UInt8](repeating: 7, count: 32)),
            TLSARecord(usage: 3, selector: 1, matchingType: 1, data: [1, 2, 3]),
            TLSARecord(usage: 3, selector: 9, matchingType: 1, data: [UInt8](repeating: 7, count: 32)),
            TLSARecord(usage: 3, selector: 1, matchingType: 77, data: [UInt8](repeating: 7, count: 32)),
            TLSARecord(usage: 3, selector: 0, matchingType: 0, data: []),
            TLSARecord(usage: 255, selector: 1, matchingType: 1, data: [UInt8](repeating: 7, count: 32)),
        ]
    )
    func unusable(record: TLSARecord) throws {
        let authority = try CertificateAuthority()
        let leaf = try authority.issue(dnsNames: ["mail.example.org"])
        let trusted = try self.connect(leaf, [record], roots: authority.trustRoots)
        #expect(trusted.client.session?.isVerified == true)
        #expect(trusted.client.session?.verifiedName == "mail.example.org")
        #expect(try self.connect(leaf, [record]).client.failure?.reason == .unknownIssuer)
        let unverified = try self.connect(leaf, [record], verification: .insecurelyDisabled)
        #expect(unverified.client.session?.isVerified == false)
    }

    @Test("TLSA records and an address do not go together")
    func address() throws {
        var client = TLSConfiguration()
        client.daneRecords = [Self.mismatch]
        let context = try TLSContext(client: client)
        let loop = EmbeddedEventLoop()
        let error = #expect(throws: TLSError.self) {
            try TLSHandler(client: context, peerName: "127.0.0.1", port: nil, eventLoop: loop)
        }
        #expect(error?.code == .invalidConfiguration)
    }
}
