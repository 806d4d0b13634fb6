import AsyncSMTP
import NIOOpenSSL
import SMTPTestServer
import Testing

@Suite("smtplib: SMTP_SSL and starttls", .timeLimit(.minutes(20)))
struct SmtplibTLSTests {
    @Test("smtplib.SMTP_SSL is encrypted and verified before the greeting, and sends")
    func implicit() async throws {
        try await LoopbackTLS.withSession(.implicit) { server, session in
            #expect(await session.greeting?.code == .ready)
            #expect(await session.isEncrypted)
            try await session.send(Letter.content, envelope: Letter.envelope())
            #expect(server.sessions.first?.tls?.firstLine == 0)
            #expect(server.messages.map(\.isEncrypted) == [true])
        }
    }

    @Test("smtplib.SMTP_SSL_PORT is the default of a host alone")
    func defaultPort() throws {
        #expect(try SMTPServer(host: "mail.example.org").description == "smtps://mail.example.org:465")
        #expect(SMTPServer.defaultSubmissionsPort == 465)
    }

    @Test("smtplib.SMTP_SSL verifies chain and host without being told to")
    func verifies() async throws {
        try await SMTPTestServer.withServer(.init(tls: .implicit(LoopbackTLS.shared.identity))) { server in
            let place = try SMTPServer(host: "localhost", port: server.port)
            let error = try await #require(throws: SMTPError.self) {
                try await SMTPSession.connect(to: place, configuration: Loopback.configuration())
            }
            #expect(error.code == .certificateRejected)
            #expect((error.underlying as? TLSError)?.reason == .unknownIssuer)
            try await server.waitForSessionsClosed(1)
            #expect(server.sessions.map(\.commands) == [[]])
        }
    }

    @Test("smtplib.SMTP_SSL with context is a TLSConfiguration, or a TLSContext to share")
    func context() async throws {
        let roots = try LoopbackTLS.shared.authority.trustRoots
        var configuration = TLSConfiguration()
        configuration.trustRoots = roots
        configuration.maximumVersion = .tls12
        let context = try TLSContext(client: configuration)
        try await LoopbackTLS.withSession(.implicit, configure: { $0.tls = configuration }) { _, session in
            #expect(await session.tls?.version == .tls12)
        }
        let share: (inout SMTPConfiguration) -> Void = {
            $0.tls = TLSConfiguration()
            $0.tlsContext = context
        }
        for mode in [TLSMode.implicit, .startTLS] {
            try await LoopbackTLS.withSession(mode, configure: share) { _, session in
                try await session.hello()
                #expect(await session.tls?.version == .tls12)
            }
        }
    }

    @Test("smtplib.SMTP_SSL with keyfile and certfile shows the client's certificate")
    func clientCertificate() async throws {
        let shared = try LoopbackTLS.shared
        var options = TLSServerConfiguration(identity: shared.identity)
        options.clientTrustRoots = shared.authority.trustRoots
        options.requiresClientCertificate = true
        let own = try shared.authority.clientIdentity(named: "ann")
        let configuration = try shared.configuration { $0.tls.identity = own }
        let server = SMTPTestServer.Configuration(tls: .implicit(options), mechanisms: ["EXTERNAL"])
        try await SMTPTestServer.withServer(server) { server in
            let place = try SMTPServer(host: "localhost", port: server.port)
            try await SMTPSession.withSession(to: place, configuration: configuration) { session in
                try await session.logIn(.external())
            }
            #expect(server.sessions.map(\.authenticatedUser) == ["ann"])
        }
    }

    @Test("smtplib.starttls returns the 220, encrypts, and says EHLO again by itself")
    func startTLS() async throws {
        try await LoopbackTLS.withSession(.plaintext, start: .startTLS) { server, session in
            try await session.ehlo()
            #expect(await session.offers(.startTLS))
            #expect(try await session.startTLS().code.value == 220)
            #expect(await session.isEncrypted)
            #expect(await !session.offers(.startTLS))
            #expect(server.commands == ["EHLO client.example", "STARTTLS", "EHLO client.example"])
            try await session.send(Letter.content, envelope: Letter.envelope())
            #expect(server.messages.map(\.isEncrypted) == [true])
        }
    }

    @Test("smtplib.starttls says EHLO first if that was not done (ehlo_or_helo_if_needed)")
    func helloFirst() async throws {
        try await LoopbackTLS.withSession(.plaintext, start: .startTLS) { server, session in
            try await session.startTLS()
            #expect(server.commands == ["EHLO client.example", "STARTTLS", "EHLO client.example"])
        }
    }

    @Test(
        "smtplib.starttls where it is not offered is startTLSUnavailable, a case of SMTPNotSupportedError",
        .inClear
    )
    func notOffered() async throws {
        try await Loopback.withSession { server, session in
            let error = try await #require(throws: SMTPError.self) { try await session.startTLS() }
            #expect(error.code == .startTLSUnavailable)
            #expect(server.commands == ["EHLO client.example"])
            try await Loopback.expectUsable(session)
        }
    }

    @Test("smtplib.starttls refused by the server is an error with the reply (SMTPResponseException)")
    func refused() async throws {
        let script: SMTPTestServer.Script = [.on(.command("STARTTLS"), .reply("454 4.7.0 not now"))]
        try await LoopbackTLS.withSession(.plaintext, start: .startTLS, .init(script: script)) { _, session in
            let error = try await #require(throws: SMTPError.self) { try await session.startTLS() }
            #expect(error.reply?.code.value == 454)
            #expect(await !session.isEncrypted)
            try await Loopback.expectUsable(session)
        }
    }

    @Test("smtplib.starttls is what the mode startTLS does by itself at the first hello")
    func byMode() async throws {
        try await LoopbackTLS.withSession(.startTLS, .init(requiresTLS: true)) { server, session in
            try await session.send(RawMessage(Letter.content))
            #expect(server.commands.prefix(3) == ["EHLO client.example", "STARTTLS", "EHLO client.example"])
            #expect(server.messages.map(\.isEncrypted) == [true])
        }
    }

    @Test("smtplib.SMTP_SSL: sock.version(), cipher() and getpeercert() are facts of the session")
    func facts() async throws {
        try await LoopbackTLS.withSession { server, session in
            let tls = try #require(await session.tls)
            #expect(tls.version == .tls13)
            #expect(tls.cipher == server.sessions.first?.tls?.cipher)
            #expect(tls.peerCertificates.first?.subject == "CN=localhost")
            #expect(tls.peerCertificates.first?.names.sorted() == ["127.0.0.1", "localhost"])
        }
    }

    @Test("smtplib.login inside SMTP_SSL may reveal the password")
    func login() async throws {
        let server = SMTPTestServer.Configuration(
            users: ["ann": "secret"],
            allowsAuthenticationInClear: false
        )
        for mode in [TLSMode.implicit, .startTLS] {
            try await LoopbackTLS.withSession(mode, server) { server, session in
                try await session.logIn(Credentials(username: "ann", password: "secret"))
                #expect(server.sessions.map(\.authentication?.mechanism) == ["PLAIN"])
            }
        }
    }
}
