import AsyncSMTP
import Foundation
import NIOOpenSSL
import Testing

@Suite(
    "TLS with openssl s_server",
    .enabled(if: OpenSSLServer.exists, "needs the openssl command"),
    .serialized,
    .timeLimit(.minutes(5))
)
struct OpenSSLServerTests {
    private let authority: CertificateAuthority
    private let identity: IssuedCertificate

    init() throws {
        self.authority = try CertificateAuthority()
        self.identity = try self.authority.issue(dnsNames: ["localhost"], addresses: ["127.0.0.1"])
    }

    private func configuration() throws -> SMTPConfiguration {
        var configuration = try SMTPConfiguration.forRealServers()
        configuration.tls.trustRoots = self.authority.trustRoots
        return configuration
    }

    private func endpoint(of server: OpenSSLServer) throws -> SMTPServer {
        try SMTPServer(host: "127.0.0.1", port: server.port, tls: .implicit)
    }

    private static let content = Data("Subject: openssl\r\n\r\n.\r\nthe end\r\n".utf8)
    private static let stuffed = "Subject: openssl\r\n\r\n..\r\nthe end\r\n.\r\n"

    /// The error of a session with the server, which does not get as far as a greeting.
    private func failure(
        with server: OpenSSLServer,
        _ configuration: SMTPConfiguration
    ) async throws -> SMTPError? {
        await #expect(throws: SMTPError.self) {
            try await SMTPSession.withSession(
                to: self.endpoint(of: server),
                configuration: configuration
            ) { _ in }
        }
    }

    /// Sends a message to the server, whose part is played here.
    private func deliver(
        to server: OpenSSLServer,
        _ configuration: SMTPConfiguration
    ) async throws -> (receipt: SendReceipt, facts: String) {
        let message = RealMessage()
        let raw = RawMessage(.bytes(Self.content), envelope: try message.envelope())
        let endpoint = try self.endpoint(of: server)
        async let receipt = SMTPClient.send(raw, through: endpoint, configuration: configuration)
        let facts = try await server.handshake()
        try await server.greet()
        try await server.answer("MAIL FROM:<\(message.sender)>\r\n", with: "250 sender\r\n")
        try await server.answer("RCPT TO:<\(message.recipients[0])>\r\n", with: "250 recipient\r\n")
        try await server.answer("DATA\r\n", with: "354 go on\r\n")
        try await server.answer(Self.stuffed, with: "250 stored\r\n")
        try await server.answer("QUIT\r\n", with: "221 bye\r\n")
        return (try await receipt, facts)
    }

    // MARK: Versions

    @Test(
        "S-C8.1 a message over the one version that the server has, and what both say of the session",
        arguments: [(TLSVersion.tls12, "-tls1_2"), (.tls13, "-tls1_3")]
    )
    func oneVersion(version: TLSVersion, option: String) async throws {
        try await OpenSSLServer.with([option], identity: self.identity) { server in
            let (receipt, facts) = try await self.deliver(to: server, self.configuration())
            #expect(receipt.finalReply.text == "stored")
            let session = try #require(receipt.negotiation.tls)
            #expect(session.version == version)
            #expect(session.isVerified)
            #expect(session.verifiedName == "127.0.0.1")
            #expect(!session.isResumed)
            #expect(session.peerCertificates == [self.identity.certificate])
            #expect(facts.contains("CIPHER is \(session.cipher)\n"))
        }
    }

    @Test("S-C8.1 a server that knows nothing newer than TLS 1.1 is refused")
    func tooOld() async throws {
        let options = ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"]
        try await OpenSSLServer.with(options, identity: self.identity) { server in
            let error = try await self.failure(with: server, self.configuration())
            #expect(error?.code == .tlsFailed)
            #expect(error?.stage == .tls)
            #expect((error?.underlying as? TLSError)?.code == .protocolVersion)
            #expect(error?.acceptance == .notAccepted)
        }
    }

    @Test(
        "a client that insists on another version than the server has is refused",
        arguments: [(TLSVersion.tls12, "-tls1_3"), (.tls13, "-tls1_2")]
    )
    func noCommonVersion(version: TLSVersion, option: String) async throws {
        var configuration = try self.configuration()
        configuration.tls.minimumVersion = version
        configuration.tls.maximumVersion = version
        try await OpenSSLServer.with([option], identity: self.identity) { server in
            let error = try await self.failure(with: server, configuration)
            #expect(error?.code == .tlsFailed)
            #expect((error?.underlying as? TLSError)?.code == .protocolVersion)
        }
    }

    // MARK: Certificates

    @Test(
        "a client certificate that the server demands",
        arguments: ["-tls1_2", "-tls1_3"]
    )
    func clientCertificate(option: String) async throws {
        var configuration = try self.configuration()
        configuration.tls.identity =
            try self.authority.issue(CertificateRequest(commonName: "the client")).identity
        try await OpenSSLServer.with([option], identity: self.identity, clientAuthority: self.authority) {
            server in
            let (receipt, facts) = try await self.deliver(to: server, configuration)
            #expect(receipt.negotiation.tls?.isVerified == true)
            #expect(facts.contains("subject=CN = the client") || facts.contains("subject=CN=the client"))
        }
    }

    @Test(
        "without the certificate that the server demands, and with one of another authority, the server ends it",
        arguments: ["-tls1_2", "-tls1_3"],
        [false, true]
    )
    func refusedClient(option: String, shows: Bool) async throws {
        var configuration = try self.configuration()
        if shows {
            let other = try CertificateAuthority(commonName: "another authority")
            configuration.tls.identity = try other.issue(CertificateRequest(commonName: "the client"))
                .identity
        }
        try await OpenSSLServer.with([option], identity: self.identity, clientAuthority: self.authority) {
            server in
            let error = try await self.failure(with: server, configuration)
            #expect(error?.code == .tlsFailed)
            #expect((error?.underlying as? TLSError)?.code == .alert)
            #expect(error?.acceptance == .notAccepted)
        }
    }

    @Test(
        "S-C4.2 a certificate of another authority, and one for another name",
        arguments: ["-tls1_2", "-tls1_3"]
    )
    func refusedServer(option: String) async throws {
        var stranger = try self.configuration()
        stranger.tls.trustRoots = try CertificateAuthority(commonName: "another authority").trustRoots
        try await OpenSSLServer.with([option], identity: self.identity) { server in
            let error = try await self.failure(with: server, stranger)
            #expect(error?.code == .certificateRejected)
            #expect((error?.underlying as? TLSError)?.reason == .unknownIssuer)
        }
        let wrong = try self.authority.issue(dnsNames: ["other.example"])
        try await OpenSSLServer.with([option], identity: wrong) { server in
            let error = try await self.failure(with: server, self.configuration())
            #expect(error?.code == .certificateRejected)
            #expect((error?.underlying as? TLSError)?.reason == .hostnameMismatch)
            #expect(!server.output.contains("EHLO"))
        }
    }

    // MARK: After the handshake

    @Test(
        "S-C8.2 a renegotiation that the server asks for is not honoured, and nothing hangs",
        arguments: ["r", "R"]
    )
    func renegotiation(command: String) async throws {
        try await OpenSSLServer.with(["-tls1_2"], identity: self.identity) { server in
            let endpoint = try self.endpoint(of: server)
            let configuration = try self.configuration()
            async let connected = SMTPSession.connect(to: endpoint, configuration: configuration)
            _ = try await server.handshake()
            try server.write("220 openssl.example\r\n")
            let session = try await connected
            async let hello: Void = session.hello()
            try await server.answer("EHLO client.example\r\n", with: "250 openssl.example\r\n")
            try await hello
            let before = await session.tls
            try server.write("\(command)\n")
            try await server.wait(for: "SSL_do_handshake -> 1\n")
            // The server takes the refusal for the end of the connection.
            let error = await #expect(throws: SMTPError.self) { try await session.noop() }
            #expect([.tlsFailed, .disconnected, .closed].contains(error?.code))
            #expect(await session.tls == before)
            await session.close()
            #expect(server.output.split(separator: "CIPHER is ").count == 2)
        }
    }

    @Test("R9266-1 tls-exporter is what the server exports by the same label")
    func exporter() async throws {
        let options = [
            "-tls1_3", "-keymatexport", "EXPORTER-Channel-Binding", "-keymatexportlen", "32",
        ]
        try await OpenSSLServer.with(options, identity: self.identity) { server in
            let endpoint = try self.endpoint(of: server)
            let configuration = try self.configuration()
            async let connected = SMTPSession.connect(to: endpoint, configuration: configuration)
            try await server.wait(for: "Keying material: ")
            let material = try await server.wait(for: "\n").dropLast()
            try server.write("220 openssl.example\r\n")
            let session = try await connected
            let octets = try #require(await session.tls?.exporterBinding)
            #expect(octets.count == 32)
            let digits = octets.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }
            #expect(digits.joined() == material.lowercased())
            await session.close()
        }
    }
}
