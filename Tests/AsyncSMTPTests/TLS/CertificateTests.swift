import AsyncSMTP
import NIOOpenSSL
import SMTPTestServer
import Testing

/// What a session makes of a server's certificate, whichever way TLS begins.
@Suite("Certificates", .timeLimit(.minutes(20)))
struct CertificateTests {
    private static let modes: [TLSMode] = [.implicit, .startTLS]
    private static let user = Credentials(username: "user", password: "secret")

    /// Runs a test with a server that shows the certificate, and where and how to reach it by its name.
    private func withServer(
        _ row: ServerCertificate,
        _ mode: TLSMode,
        verification: CertificateVerification = .full,
        _ body: (SMTPTestServer, SMTPServer, SMTPConfiguration) async throws -> Void
    ) async throws {
        let material = try row.make()
        var options = TLSServerConfiguration(identity: material.identity)
        options.cipherList = "DEFAULT@SECLEVEL=0"
        let configuration = try Loopback.configuration {
            $0.tls.trustRoots = material.roots
            $0.tls.revocationLists = material.revocationLists
            $0.tls.verification = verification
            $0.credentials = Self.user
        }
        let serverConfiguration = SMTPTestServer.Configuration(
            tls: mode == .implicit ? .implicit(options) : .startTLS(options),
            users: ["user": "secret"],
            mechanisms: ["PLAIN"]
        )
        try await SMTPTestServer.withServer(serverConfiguration) { server in
            let isHere = ["localhost", "127.0.0.1"].contains(row.host)
            // A name no resolver knows is given beside a socket that leads to the server.
            let place =
                isHere
                ? try SMTPServer(host: row.host, port: server.port, tls: mode)
                : SMTPServer(
                    connectedSocket: try ConnectedSocketTests.connect(to: server),
                    tls: mode,
                    certificateName: row.host
                )
            try await body(server, place, configuration)
        }
    }

    @Test(
        "S-C4.1 S-C4.2 R7817-1 R8314-1 R3207-4 a certificate that proves nothing ends it before a word is said inside TLS",
        arguments: ServerCertificate.refused,
        Self.modes
    )
    func refused(row: ServerCertificate, mode: TLSMode) async throws {
        try await self.withServer(row, mode) { server, place, configuration in
            let error = try await #require(throws: SMTPError.self) {
                let session = try await SMTPSession.connect(to: place, configuration: configuration)
                do {
                    try await session.hello()
                } catch {
                    #expect(await !session.isEncrypted)
                    #expect(await session.tls == nil)
                    #expect(await !session.isOpen)
                    throw error
                }
                await session.close()
            }
            #expect(error.code == .certificateRejected)
            #expect(error.stage == .tls)
            #expect(error.acceptance == .notAccepted)
            let underlying = try #require(error.underlying as? TLSError)
            #expect(underlying.code == .verificationFailed)
            #expect(underlying.reason == row.reason, "\(underlying)")
            try await server.waitForSessionsClosed(1)
            let record = try #require(server.sessions.first)
            #expect(record.tls == nil)
            #expect(record.dialogueInTLS.isEmpty)
            #expect(record.commands == (mode == .implicit ? [] : ["EHLO client.example", "STARTTLS"]))
            #expect(record.tlsFailure?.contains("alert") == true)
            #expect(record.end == .tlsFailed)
        }
    }

    @Test(
        "R4954-12 S-C4.1 no password goes to a server that was not verified, nor any message",
        arguments: Self.modes
    )
    func noPassword(mode: TLSMode) async throws {
        for row in ServerCertificate.refused.prefix(4) {
            try await self.withServer(row, mode) { server, place, configuration in
                let message = RawMessage(Letter.content)
                let error = try await #require(throws: SMTPError.self) {
                    try await SMTPClient.send(message, through: place, configuration: configuration)
                }
                #expect(error.code == .certificateRejected)
                try await server.waitForSessionsClosed(1)
                #expect(server.sessions.count == 1, "there is no second attempt, in clear or otherwise")
                #expect(!server.sessions.flatMap(\.commands).contains { $0.hasPrefix("AUTH") })
                #expect(server.messageCount == 0)
            }
        }
    }

    @Test(
        "S-C4.1 S-C4.2 R7817-1 a good certificate is accepted, for the name the caller gave",
        arguments: ServerCertificate.accepted,
        Self.modes
    )
    func accepted(row: ServerCertificate, mode: TLSMode) async throws {
        try await self.withServer(row, mode) { server, place, configuration in
            try await SMTPSession.withSession(to: place, configuration: configuration) { session in
                let tls = try #require(await session.tls)
                #expect(tls.isVerified)
                #expect(tls.verifiedName != nil)
                #expect(await session.isAuthenticated)
            }
            #expect(server.sessions.map(\.authenticatedUser) == ["user"])
        }
    }

    @Test(
        "S-C4.3 R8314-2 S-D1.3 with verification off every certificate is taken, and none counts as verified",
        arguments: ServerCertificate.refused,
        Self.modes
    )
    func disabled(row: ServerCertificate, mode: TLSMode) async throws {
        try await self.withServer(row, mode, verification: .insecurelyDisabled) {
            server,
            place,
            configuration in
            var configuration = configuration
            configuration.credentials = nil
            try await SMTPSession.withSession(to: place, configuration: configuration) { session in
                let tls = try #require(await session.tls)
                #expect(!tls.isVerified)
                #expect(tls.verifiedName == nil)
                #expect(await session.isEncrypted)
                let receipt = try await session.send(Letter.content, envelope: Letter.envelope())
                #expect(receipt.negotiation.tls?.isVerified == false)
                let error = try await #require(throws: SMTPError.self) { try await session.logIn(Self.user) }
                #expect(error.code == .authenticationNeedsEncryption)
            }
            #expect(server.messages.map(\.isEncrypted) == [true])
            #expect(server.sessions.map(\.authenticatedUser) == [nil])
        }
    }

    @Test("R7817-1 S-C8 Q33 SNI is sent for a name, and not for an address", arguments: Self.modes)
    func serverName(mode: TLSMode) async throws {
        for host in ["localhost", "127.0.0.1"] {
            try await LoopbackTLS.withSession(mode, host: host) { server, session in
                try await session.hello()
                #expect(await session.tls?.verifiedName == host)
                #expect(server.sessions.map { $0.tls?.serverName } == [host == "localhost" ? host : nil])
            }
        }
    }

    @Test("R8314-1 the default mode of SMTP is TLS from the first octet, on port 465")
    func defaults() throws {
        let server = try SMTPServer(host: "mail.example.org")
        #expect(server.tls == .implicit)
        #expect(server.endpoint == .host("mail.example.org", port: 465))
        let submission = try SMTPServer(host: "mail.example.org", tls: .startTLS)
        #expect(submission.endpoint == .host("mail.example.org", port: 587))
        #expect(SMTPConfiguration().tls.verification == .full)
        #expect(SMTPConfiguration().tls.minimumVersion == .tls12)
    }

    @Test(
        "S-C4 Q33 a pin is enough where verification is off, and another key is refused",
        arguments: Self.modes
    )
    func pinned(mode: TLSMode) async throws {
        var pin: PublicKeyPin?
        let learn: (inout SMTPConfiguration) -> Void = { $0.tls.verification = .insecurelyDisabled }
        try await LoopbackTLS.withSession(mode, configure: learn) { _, session in
            try await session.hello()
            pin = await session.tls?.peerCertificates.first?.publicKeyPin
        }
        let known = try #require(pin)
        let pinning: (inout SMTPConfiguration) -> Void = {
            learn(&$0)
            $0.tls.pinnedKeys = [known]
        }
        try await LoopbackTLS.withSession(mode, configure: pinning) { _, session in
            try await session.hello()
            #expect(await session.tls?.isVerified == true)
        }
        let other = try PublicKeyPin(octets: Array(repeating: 7, count: 32))
        let error = try await #require(throws: SMTPError.self) {
            try await LoopbackTLS.withSession(mode, configure: { $0.tls.pinnedKeys = [other] }) {
                _,
                session in
                try await session.hello()
            }
        }
        #expect(error.code == .certificateRejected)
        #expect((error.underlying as? TLSError)?.reason == .pinMismatch)
    }
}
