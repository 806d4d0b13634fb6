import AsyncSMTP
import NIOOpenSSL
import SMTPTestServer
import Testing

/// Sessions over TLS, against a server on loopback.
@Suite("Sessions over TLS", .timeLimit(.minutes(20)))
struct SessionTLSTests {
    private static let modes: [TLSMode] = [.implicit, .startTLS]
    private static let user = Credentials(username: "user", password: "secret")

    // MARK: What TLS throws away

    @Test("S-C5.1 R3207-3 Q08 nothing the server said in clear counts inside TLS")
    func forgotten() async throws {
        let server = SMTPTestServer.Configuration(
            extensions: ["SIZE 10", "PIPELINING", "AUTH PLAIN"],
            extensionsAfterTLS: ["AUTH SCRAM-SHA-256"],
            users: ["user": "secret"],
            mechanisms: ["SCRAM-SHA-256"]
        )
        try await LoopbackTLS.withSession(.startTLS, server) { server, session in
            try await session.logIn(Self.user)
            #expect(await session.isAuthenticated)
            #expect(await session.extensions.authenticationMechanisms == ["SCRAM-SHA-256"])
            #expect(await !session.offers(.size))
            let content = MessageContent.text("A: 1\r\n\r\nab\r\n")
            let receipt = try await session.send(content, envelope: Letter.envelope())
            #expect(receipt.negotiation.pipelining == .disabled)
            #expect(receipt.negotiation.mailParameters.isEmpty)
            await session.quit()
            try await server.waitForSessionsClosed(1)
            let record = try #require(server.sessions.first)
            #expect(record.authentication?.mechanism == "SCRAM-SHA-256")
            #expect(record.synchronizationErrors.isEmpty)
            #expect(record.dialogueInClear.last?.description.hasPrefix("S: 220 ") == true)
            #expect(record.commands.prefix(3) == ["EHLO client.example", "STARTTLS", "EHLO client.example"])
            #expect(record.commands.suffix(4).first == "MAIL FROM:<ann@example.org>")
            #expect(server.messages.map(\.contentLength) == [12])
        }
    }

    @Test("S-C5.2 R3207-1 STARTTLS offered again inside TLS is not sent again")
    func offeredAgain() async throws {
        let server = SMTPTestServer.Configuration(extensionsAfterTLS: ["STARTTLS"])
        try await LoopbackTLS.withSession(.startTLS, server) { server, session in
            try await session.send(Letter.content, envelope: Letter.envelope())
            try await session.hello()
            let error = try await #require(throws: SMTPError.self) { try await session.startTLS() }
            #expect(error.code == .badSequence)
            try await Loopback.expectUsable(session)
            #expect(server.commands.count { $0 == "STARTTLS" } == 1)
        }
    }

    @Test("R3207-3 a hello by hand and a login are forgotten by startTLS()")
    func byHand() async throws {
        let server = SMTPTestServer.Configuration(users: ["user": "secret"])
        let configure: (inout SMTPConfiguration) -> Void = { $0.allowsPlaintextAuthentication = true }
        try await LoopbackTLS.withSession(.plaintext, start: .startTLS, server, configure: configure) {
            server,
            session in
            try await session.logIn(Self.user)
            #expect(await session.isAuthenticated)
            #expect(await !session.isEncrypted)
            let reply = try await session.startTLS()
            #expect(reply.code == .ready)
            #expect(await session.isEncrypted)
            #expect(await session.tls?.verifiedName == "localhost")
            #expect(await !session.isAuthenticated)
            #expect(await session.greeting == nil)
            #expect(await session.speaksESMTP)
            #expect(await !session.offers(.startTLS))
            try await session.logIn(Self.user)
            let receipt = try await session.send(Letter.content, envelope: Letter.envelope())
            #expect(receipt.negotiation.tls?.verifiedName == "localhost")
            #expect(server.messages.map(\.isEncrypted) == [true])
            #expect(server.commands.count { $0.hasPrefix("AUTH") } == 2)
        }
    }

    @Test("Q71 LMTP over STARTTLS says LHLO again", arguments: [TLSMode.implicit, .startTLS])
    func lmtp(mode: TLSMode) async throws {
        try await LoopbackTLS.withSession(mode, .init(flavour: .lmtp)) { server, session in
            let receipt = try await session.send(Letter.content, envelope: Letter.envelope())
            #expect(receipt.negotiation.flavour == .lmtp)
            #expect(receipt.negotiation.tls != nil)
            let beginning = mode == .implicit ? [] : ["LHLO client.example", "STARTTLS"]
            #expect(server.commands.prefix(beginning.count + 1) == (beginning + ["LHLO client.example"])[...])
            #expect(server.messages.map(\.isEncrypted) == [true])
        }
    }

    // MARK: What is known of TLS

    @Test(
        "session and receipt tell version, cipher, certificates and the verified name",
        arguments: Self.modes
    )
    func facts(mode: TLSMode) async throws {
        try await LoopbackTLS.withSession(mode) { server, session in
            #expect(await session.isEncrypted == (mode == .implicit))
            let receipt = try await session.send(Letter.content, envelope: Letter.envelope())
            let tls = try #require(await session.tls)
            #expect(receipt.negotiation.tls == tls)
            #expect(tls.version == .tls13)
            #expect(tls.isVerified)
            #expect(tls.verifiedName == "localhost")
            #expect(tls.peerCertificates.first?.names.contains("localhost") == true)
            #expect(!tls.isResumed)
            let seen = try #require(server.sessions.first?.tls)
            #expect(seen.cipher == tls.cipher)
            #expect(seen.version == tls.version)
        }
    }

    @Test("S-C8.1 R8314-1 a server that speaks only TLS 1.1 is refused in words", arguments: Self.modes)
    func oldVersion(mode: TLSMode) async throws {
        var options = TLSServerConfiguration(identity: try LoopbackTLS.shared.identity)
        options.minimumVersion = .tls11
        options.maximumVersion = .tls11
        options.cipherList = "DEFAULT@SECLEVEL=0"
        let configuration = try LoopbackTLS.shared.configuration()
        let serverConfiguration = SMTPTestServer.Configuration(
            tls: mode == .implicit ? .implicit(options) : .startTLS(options)
        )
        try await SMTPTestServer.withServer(serverConfiguration) { server in
            let place = try SMTPServer(host: "localhost", port: server.port, tls: mode)
            let error = try await #require(throws: SMTPError.self) {
                try await SMTPSession.withSession(to: place, configuration: configuration) { _ in }
            }
            #expect(error.code == .tlsFailed)
            #expect(
                (error.underlying as? TLSError)?.code == .protocolVersion
                    || error.description.contains("protocol version")
            )
            try await server.waitForSessionsClosed(1)
            #expect(server.sessions.map { $0.dialogueInTLS.count } == [0])
            #expect(server.sessions.count == 1)
        }
    }

    // MARK: Ends

    @Test(
        "S-C6.1 a reply cut off, without close_notify or with it, is an error, never the end of the reply",
        arguments: [
            ([.raw("250-a\r\n250-AUTH PLAIN\r\n"), .truncate], .disconnected),
            ([.raw("250 a"), .truncate], .disconnected), ([.truncate], .disconnected),
            ([.raw("250-a\r\n250-AUTH PLAIN\r\n"), .reset], .disconnected),
            ([.raw("250-a\r\n"), .close], .malformedReply), ([.close], .disconnected),
        ] as [([SMTPTestServer.Action], SMTPError.Code)],
        Self.modes
    )
    func truncated(row: ([SMTPTestServer.Action], SMTPError.Code), mode: TLSMode) async throws {
        let rule = SMTPTestServer.Rule(.command("EHLO", occurrence: .nth(mode == .implicit ? 1 : 2)), row.0)
        try await LoopbackTLS.withSession(mode, .init(script: .init([rule]))) { server, session in
            let error = try await #require(throws: SMTPError.self) { try await session.hello() }
            #expect(error.code == row.1)
            #expect(error.stage == .hello)
            #expect(await !session.isOpen)
            #expect(await session.extensions == .none)
            #expect(!server.commands.contains("HELO client.example"))
        }
    }

    @Test("S-C6.1 S-E8 a final reply that never came leaves the outcome unknown", arguments: [true, false])
    func truncatedOutcome(isNotified: Bool) async throws {
        let script: SMTPTestServer.Script = [.on(.endOfContent, .store, isNotified ? .close : .truncate)]
        try await LoopbackTLS.withSession(.implicit, .init(script: script)) { server, session in
            let error = try await #require(throws: SMTPError.self) {
                try await session.send(Letter.content, envelope: Letter.envelope())
            }
            #expect(error.code == .disconnected)
            #expect(error.acceptance == .unknown)
            #expect(server.messageCount == 1)
        }
    }

    @Test(
        "S-C6.2 Q34 whatever comes behind QUIT, the message was sent and quit returns",
        arguments: [
            [.reply("221 bye"), .reset], [.reply("221 bye"), .truncate], [.reply("221 bye"), .close],
            [.truncate], [.reset], [.close], [.raw("221-by\r\n"), .truncate],
        ] as [[SMTPTestServer.Action]],
        Self.modes
    )
    func quit(actions: [SMTPTestServer.Action], mode: TLSMode) async throws {
        let script = SMTPTestServer.Script([SMTPTestServer.Rule(.command("QUIT"), actions)])
        let configure: (inout SMTPConfiguration) -> Void = { $0.timeouts.quit = .seconds(300) }
        try await LoopbackTLS.withSession(mode, .init(script: script), configure: configure) {
            server,
            session in
            let receipt = try await session.send(Letter.content, envelope: Letter.envelope())
            #expect(receipt.accepted.count == 1)
            // Would take five minutes if an end were not seen as one.
            await session.quit()
            #expect(await !session.isOpen)
            #expect(server.messageCount == 1)
        }
    }

    @Test("R8314-1 the client ends TLS by close_notify", arguments: Self.modes)
    func closeNotify(mode: TLSMode) async throws {
        try await LoopbackTLS.withSession(mode) { server, session in
            try await session.hello()
            await session.close()
            try await server.waitForSessionsClosed(1)
            #expect(server.sessions.map(\.end) == [.clientClosed])
            #expect(server.sessions.map(\.tlsFailure) == [nil])
        }
    }

    // MARK: REQUIRETLS

    private static func demanding(_ demand: Demand<Presence>) throws -> Envelope {
        var envelope = try Letter.envelope()
        envelope.parameters.requireTLS = demand
        return envelope
    }

    @Test("R8689-1 S-C7.2 REQUIRETLS is sent over verified TLS", arguments: Self.modes)
    func requireTLS(mode: TLSMode) async throws {
        let server = SMTPTestServer.Configuration(extensions: [], extensionsAfterTLS: ["REQUIRETLS"])
        var implicit = server
        implicit.extensions = ["REQUIRETLS"]
        try await LoopbackTLS.withSession(mode, mode == .implicit ? implicit : server) { server, session in
            for demand in [Demand<Presence>.require, .prefer] {
                try await session.send(Letter.content, envelope: Self.demanding(demand))
            }
            let mail = server.commands.filter { $0.hasPrefix("MAIL") }
            #expect(mail == Array(repeating: "MAIL FROM:<ann@example.org> REQUIRETLS", count: 2))
        }
    }

    @Test("R8689-2 REQUIRETLS is never sent unasked", arguments: Self.modes)
    func requireTLSUnasked(mode: TLSMode) async throws {
        let server = SMTPTestServer.Configuration(extensions: ["REQUIRETLS"])
        try await LoopbackTLS.withSession(mode, server) { server, session in
            try await session.send(Letter.content, envelope: Letter.envelope())
            #expect(server.commands.contains("MAIL FROM:<ann@example.org>"))
        }
    }

    @Test(
        "R8689-1 S-C7.2 REQUIRETLS is refused in clear, over unverified TLS, and where it is not offered inside TLS",
        arguments: ["clear", "unverified", "not offered"]
    )
    func requireTLSRefused(how: String) async throws {
        let mode: TLSMode = how == "clear" ? .plaintext : .startTLS
        let server = SMTPTestServer.Configuration(
            extensions: ["REQUIRETLS"],
            extensionsAfterTLS: how == "not offered" ? [] : ["REQUIRETLS"]
        )
        let configure: (inout SMTPConfiguration) -> Void = {
            if how == "unverified" { $0.tls.verification = .insecurelyDisabled }
        }
        try await LoopbackTLS.withSession(mode, start: .startTLS, server, configure: configure) {
            server,
            session in
            let error = try await #require(throws: SMTPError.self) {
                try await session.send(Letter.content, envelope: Self.demanding(.require))
            }
            #expect(error.code == .notSupported)
            #expect(error.acceptance == .notAccepted)
            #expect(!server.commands.contains { $0.hasPrefix("MAIL") })
            // The session itself is as good as before.
            try await session.send(Letter.content, envelope: Self.demanding(.prefer))
            #expect(server.commands.filter { $0.hasPrefix("MAIL") } == ["MAIL FROM:<ann@example.org>"])
        }
    }

    @Test("S-C7.2 a pooled connection in clear does not carry a message that requires TLS", .inClear)
    func requireTLSInPool() async throws {
        let server = SMTPTestServer.Configuration(extensions: ["REQUIRETLS"])
        try await Loopback.withClient(server, maximumConnections: 1) { server, client in
            try await client.send(RawMessage(Letter.content))
            let message = RawMessage(Letter.content, envelope: try Self.demanding(.require))
            let error = try await #require(throws: SMTPError.self) { try await client.send(message) }
            #expect(error.code == .notSupported)
            #expect(server.messageCount == 1)
        }
    }

    // MARK: The wrong port

    @Test("Q27 in clear to a port of implicit TLS: the time-out of the greeting says what to try")
    func clearToImplicit() async throws {
        let identity = try LoopbackTLS.shared.identity
        try await SMTPTestServer.withServer(.init(tls: .implicit(identity))) { server in
            let place = try SMTPServer(host: "localhost", port: server.port, tls: .startTLS)
            // The server waits for a ClientHello that never comes, so the only way out is the time limit.
            let configuration = try LoopbackTLS.shared.configuration {
                $0.timeouts.greeting = .milliseconds(20)
            }
            let error = try await #require(throws: SMTPError.self) {
                try await SMTPSession.connect(to: place, configuration: configuration)
            }
            #expect(error.code == .timedOut)
            #expect(error.stage == .greeting)
            #expect(error.description.contains("implicit"))
        }
    }

    @Test("Q27 implicit TLS to a port that speaks in clear: the error names STARTTLS")
    func implicitToClear() async throws {
        try await SMTPTestServer.withServer { server in
            let place = try SMTPServer(host: "localhost", port: server.port)
            let error = try await #require(throws: SMTPError.self) {
                try await SMTPSession.connect(to: place, configuration: LoopbackTLS.shared.configuration())
            }
            #expect(error.code == .tlsFailed)
            #expect(error.stage == .tls)
            #expect((error.underlying as? TLSError)?.code == .plaintextPeer)
            #expect(error.description.contains("use STARTTLS"))
            #expect(error.description.contains("220 mx.test.example"))
        }
    }

    // MARK: Handshakes that do not come to an end

    @Test(
        "Q31 R3207-6 a server that closes before its ServerHello is an error, and nothing more is said",
        arguments: Self.modes
    )
    func closedBeforeServerHello(mode: TLSMode) async throws {
        let script: SMTPTestServer.Script = [.on(.clientHello, .close)]
        let error = try await #require(throws: SMTPError.self) {
            try await LoopbackTLS.withSession(mode, .init(script: script)) { _, session in
                try await session.hello()
            }
        }
        #expect(error.code == .disconnected)
        #expect(error.stage == .tls)
        #expect(error.acceptance == .notAccepted)
    }

    @Test("R3207-6 after a handshake that fails the connection is closed, without QUIT in clear")
    func noQuitInClear() async throws {
        let script: SMTPTestServer.Script = [.on(.clientHello, .reply("500 what is this"), .close)]
        try await LoopbackTLS.withSession(.startTLS, .init(script: script)) { server, session in
            let error = try await #require(throws: SMTPError.self) { try await session.hello() }
            #expect(error.code == .tlsFailed)
            #expect(await !session.isOpen)
            await session.quit()
            try await server.waitForSessionsClosed(1)
            #expect(!server.commands.contains("QUIT"))
        }
    }

    @Test("a handshake that is not answered is given up in time", arguments: Self.modes)
    func handshakeTimeout(mode: TLSMode) async throws {
        let gate = SMTPTestServer.Gate()
        let script: SMTPTestServer.Script = [.on(.clientHello, .hold(gate), .default)]
        let configure: (inout SMTPConfiguration) -> Void = { $0.timeouts.tlsHandshake = .milliseconds(20) }
        let error = try await #require(throws: SMTPError.self) {
            try await LoopbackTLS.withSession(mode, .init(script: script), configure: configure) {
                _,
                session in
                try await session.hello()
            }
        }
        #expect(error.code == .timedOut)
        #expect(error.stage == .tls)
    }

    @Test("S-E6 a task cancelled during the handshake closes the connection", arguments: Self.modes)
    func cancelledHandshake(mode: TLSMode) async throws {
        let gate = SMTPTestServer.Gate()
        let identity = try LoopbackTLS.shared.identity
        let configuration = SMTPTestServer.Configuration(
            tls: mode == .implicit ? .implicit(identity) : .startTLS(identity),
            script: [.on(.clientHello, .hold(gate), .default)]
        )
        try await SMTPTestServer.withServer(configuration) { server in
            let place = try SMTPServer(host: "localhost", port: server.port, tls: mode)
            let own = try LoopbackTLS.shared.configuration()
            let task = Task {
                try await SMTPSession.withSession(to: place, configuration: own) { _ in }
            }
            try await gate.waitUntilReached()
            task.cancel()
            #expect(await Sample.error(of: task)?.code == .cancelled)
            try await server.waitForSessionsClosed(1)
            #expect(server.sessions.map { $0.tls == nil } == [true])
        }
    }

    // MARK: Whole sends

    @Test("Q33 an authority of one's own, an address for a host, STARTTLS on any port")
    func localBridge() async throws {
        let server = SMTPTestServer.Configuration(users: ["user": "secret"])
        let authority = try LoopbackTLS.shared.authority
        let configure: (inout SMTPConfiguration) -> Void = {
            $0.tls.trustRoots = .pem(Array(authority.certificatePEM.utf8))
            $0.credentials = Self.user
        }
        try await LoopbackTLS.withSession(.startTLS, host: "127.0.0.1", server, configure: configure) {
            server,
            session in
            try await session.logIn(Self.user)
            #expect(await session.tls?.verifiedName == "127.0.0.1")
            #expect(server.sessions.map { $0.tls?.serverName } == [nil])
        }
    }

    @Test("a client sends twenty messages at a time over two connections", arguments: Self.modes)
    func pool(mode: TLSMode) async throws {
        let shared = try LoopbackTLS.shared
        let serverConfiguration = SMTPTestServer.Configuration(
            tls: mode == .implicit ? .implicit(shared.identity) : .startTLS(shared.identity),
            requiresTLS: true
        )
        try await SMTPTestServer.withServer(serverConfiguration) { server in
            let place = try SMTPServer(host: "localhost", port: server.port, tls: mode)
            try await SMTPClient.withClient(
                place,
                configuration: shared.configuration(),
                maximumConnections: 2
            ) { client in
                try await withThrowingTaskGroup(of: SendReceipt.self) { group in
                    for _ in 0..<20 {
                        group.addTask { try await client.send(RawMessage(Letter.content)) }
                    }
                    for try await receipt in group {
                        #expect(receipt.negotiation.tls?.isVerified == true)
                    }
                }
            }
            #expect(server.messages.map(\.isEncrypted) == Array(repeating: true, count: 20))
            #expect((1...2).contains(server.sessions.count))
            try await server.waitForSessionsClosed(server.sessions.count)
            // The second connection may not have been ready before all was sent.
            let used = server.sessions.filter { $0.commands.contains("DATA") }
            #expect(used.allSatisfy { $0.end == .quit && $0.tlsFailure == nil })
        }
    }

    @Test("a message of many records arrives as it was sent", arguments: [1_000_000], Self.modes)
    func large(octets: Int, mode: TLSMode) async throws {
        let body = String(repeating: String(repeating: "x", count: 70) + "\r\n", count: octets / 72)
        try await LoopbackTLS.withSession(mode) { server, session in
            try await session.send(.text("Subject: large\r\n\r\n" + body), envelope: Letter.envelope())
            #expect(server.messages.map(\.text) == ["Subject: large\r\n\r\n" + body])
        }
    }
}
