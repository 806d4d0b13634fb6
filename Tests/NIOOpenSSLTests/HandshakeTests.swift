import NIOCore
import NIOEmbedded
import Testing

@testable import NIOOpenSSL

@Suite("Handshake")
struct HandshakeTests {
    @Test("client and server agree, and octets pass both ways", arguments: [TLSVersion.tls12, .tls13])
    func bothWays(version: TLSVersion) throws {
        let pair = try Pair.established { client, _ in client.maximumVersion = version }
        let session = try #require(pair.client.session)
        #expect(session.version == version)
        #expect(session.isVerified)
        #expect(session.verifiedName == "mail.example.org")
        #expect(!session.isResumed)
        #expect(session.peerCertificates.first?.names == ["mail.example.org"])
        #expect(pair.server.session?.isVerified == false)
        pair.client.write("EHLO client.example\r\n")
        pair.server.write("220 mail.example.org\r\n")
        try pair.pump()
        #expect(pair.server.recorder.text == "EHLO client.example\r\n")
        #expect(pair.client.recorder.text == "220 mail.example.org\r\n")
        #expect(pair.client.recorder.errors.isEmpty)
    }
}
