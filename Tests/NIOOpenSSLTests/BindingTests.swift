import OpenSSLCrypto
import Testing

@testable import NIOOpenSSL

@Suite("Channel binding")
struct BindingTests {
    private func pair(
        _ change: (inout CertificateRequest) -> Void,
        version: TLSVersion = .tls13
    ) throws -> (Pair, TLSCertificate) {
        var request = CertificateRequest(dnsNames: ["mail.example.org"])
        change(&request)
        let issued = try CertificateAuthority.selfSigned(request)
        var client = TLSConfiguration()
        client.verification = .insecurelyDisabled
        var server = TLSServerConfiguration(identity: issued.identity)
        server.maximumVersion = version
        server.cipherList = "DEFAULT@SECLEVEL=0"
        let pair = try Pair(client, server)
        try pair.pump()
        return (pair, issued.certificate)
    }

    @Test(
        "R9266-1 both sides export the same 32 octets, and each connection its own",
        arguments: [
            TLSVersion.tls12, .tls13,
        ]
    )
    func exporter(version: TLSVersion) throws {
        let (first, _) = try self.pair({ _ in }, version: version)
        let (second, _) = try self.pair({ _ in }, version: version)
        let octets = try #require(first.client.handler.channelBinding(.exporter))
        #expect(octets.count == 32)
        #expect(first.server.handler.channelBinding(.exporter) == octets)
        #expect(second.client.handler.channelBinding(.exporter) != octets)
    }

    @Test(
        "R5929-1 the hash is that of the signature; SHA-256 in place of SHA-1",
        arguments: [
            (CertificateRequest.SignatureDigest.sha1, Digest.sha256), (.sha256, .sha256), (.sha384, .sha384),
        ]
    )
    func endPoint(signature: CertificateRequest.SignatureDigest, digest: Digest) throws {
        let (pair, certificate) = try self.pair {
            $0.key = .rsa(2_048)
            $0.digest = signature
        }
        let expected = try digest.hash(certificate.der)
        #expect(pair.client.handler.channelBinding(.serverEndPoint) == expected)
        #expect(pair.server.handler.channelBinding(.serverEndPoint) == expected)
    }

    @Test("R5929-1 a signature without hash has no binding")
    func endPointUndefined() throws {
        let (pair, _) = try self.pair { $0.key = .ed25519 }
        #expect(pair.client.session != nil)
        #expect(pair.client.handler.channelBinding(.serverEndPoint) == nil)
        #expect(pair.server.handler.channelBinding(.serverEndPoint) == nil)
        #expect(pair.client.handler.channelBinding(.exporter) != nil)
    }

    @Test("no binding before the handshake, and none in a text")
    func noBinding() throws {
        let context = try TLSContext(client: TLSConfiguration())
        let side = try Side {
            try TLSHandler(client: context, peerName: "mail.example.org", port: 465, eventLoop: $0)
        }
        #expect(side.handler.channelBinding(.exporter) == nil)
        let (pair, _) = try self.pair { _ in }
        let session = try #require(pair.client.session)
        var dumped = ""
        dump(session, to: &dumped)
        #expect(!dumped.contains("exporter"))
    }
}
