import NIOOpenSSL
import OpenSSLCrypto
import Testing

@testable import SMTPTestServer

@Suite("TLS over sockets", .timeLimit(.minutes(5)))
struct TLSTests {
    private static let message = "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n"

    private let authority: SMTPTestServer.Authority
    private let identity: TLSIdentity

    init() throws {
        self.authority = try SMTPTestServer.Authority()
        self.identity = try self.authority.identity(for: ["localhost", "127.0.0.1"])
    }

    private func context(_ change: (inout TLSConfiguration) -> Void = { _ in }) throws -> TLSContext {
        var configuration = TLSConfiguration()
        configuration.trustRoots = self.authority.trustRoots
        change(&configuration)
        return try TLSContext(client: configuration)
    }

    /// Says EHLO and STARTTLS, and begins TLS.
    private func startTLS(_ client: RawClient) async throws {
        try await client.send("EHLO clear.example\r\n")
        try await client.waitForReplies(2)
        try await client.send("STARTTLS\r\n")
        try await client.waitForReplies(3)
        try await client.startTLS(self.context())
    }

    private func deliver(_ client: RawClient, repliesBefore count: Int) async throws {
        try await client.send("EHLO secret.example\r\n")
        try await client.waitForReplies(count + 1)
        try await client.send(Self.message)
        try await client.waitForReplies(count + 4)
        try await client.send("hi\r\n.\r\nQUIT\r\n")
        try await client.waitForClose()
    }

    @Test("implicit", arguments: [SMTPTestServer.Endpoint.loopbackIPv4, .unixSocket])
    func implicit(endpoint: SMTPTestServer.Endpoint) async throws {
        let configuration = SMTPTestServer.Configuration(endpoint: endpoint, tls: .implicit(self.identity))
        try await SMTPTestServer.withServer(configuration) { server in
            try await RawClient.with(server, tls: self.context()) { client in
                try await self.deliver(client, repliesBefore: 1)
                #expect(client.codes == [220, 250, 250, 250, 354, 250, 221])
                #expect(client.error == nil)
            }
            try await server.waitForSessionsClosed(1)
            let session = try #require(server.sessions.first)
            #expect(session.end == .quit)
            #expect(session.tls?.version == .tls13)
            #expect(server.messages.first?.tlsVersion == .tls13)
            #expect(server.messages.first?.tlsCipher == session.tls?.cipher)
            #expect(session.tls?.cipher.hasPrefix("TLS_") == true)
            #expect(session.tls?.serverName == "localhost")
            #expect(session.tls?.clientCertificateSubject == nil)
            #expect(session.tls?.firstLine == 0)
            #expect(session.tlsFailure == nil)
            #expect(session.receivedOctets.starts(with: "EHLO secret.example\r\n".utf8))
            #expect(session.receivedOctets.count == session.receivedCount)
            #expect(session.sentOctets.starts(with: "220 ".utf8))
            #expect(server.messages.map(\.isEncrypted) == [true])
        }
    }

    @Test("STARTTLS, and what is recorded of it")
    func startTLS() async throws {
        try await SMTPTestServer.withServer(.init(tls: .startTLS(self.identity))) { server in
            try await RawClient.with(server) { client in
                #expect(server.sessions.first?.tls == nil)
                try await self.startTLS(client)
                try await self.deliver(client, repliesBefore: 3)
                #expect(client.codes == [220, 250, 220, 250, 250, 250, 354, 250, 221])
                #expect(client.error == nil)
            }
            try await server.waitForSessionsClosed(1)
            let session = try #require(server.sessions.first)
            #expect(session.hello == "secret.example")
            #expect(session.tls?.firstLine == 5)
            #expect(session.dialogueInClear.last?.description == "S: 220 2.0.0 Ready to start TLS")
            #expect(session.dialogueInTLS.first?.description == "C: EHLO secret.example")
            #expect(session.synchronizationErrors.isEmpty)
            #expect(session.injectedOctets.isEmpty)
            #expect(
                String(decoding: session.receivedOctets, as: UTF8.self)
                    .hasPrefix("EHLO clear.example\r\nSTARTTLS\r\nEHLO secret.example\r\nMAIL")
            )
        }
    }

    @Test("R3207-5 commands injected behind STARTTLS")
    func injection() async throws {
        try await SMTPTestServer.withServer(.init(tls: .startTLS(self.identity))) { server in
            try await RawClient.with(server) { client in
                try await client.send("EHLO c\r\n")
                try await client.waitForReplies(2)
                try await client.send("STARTTLS\r\nMAIL FROM:<evil@x>\r\n")
                try await client.waitForReplies(3)
                try await client.startTLS(self.context())
                try await client.send("NOOP\r\n")
                try await client.waitForReplies(4)
                #expect(client.codes == [220, 250, 220, 250])
            }
            let session = try #require(server.sessions.first)
            #expect(session.injectedOctets == Array("MAIL FROM:<evil@x>\r\n".utf8))
            #expect(session.commands == ["EHLO c", "STARTTLS", "NOOP"])
        }
    }

    @Test("versions and ciphers")
    func versions() async throws {
        var options = TLSServerConfiguration(identity: self.identity)
        options.maximumVersion = .tls12
        options.cipherList = "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-GCM-SHA384"
        try await SMTPTestServer.withServer(.init(tls: .implicit(options))) { server in
            try await RawClient.with(server, tls: self.context()) { _ in
                #expect(server.sessions.first?.tls?.version == .tls12)
                #expect(server.sessions.first?.tls?.cipher.hasSuffix("AES256-GCM-SHA384") == true)
            }
        }
    }

    @Test("EXTERNAL: a client certificate")
    func clientCertificate() async throws {
        var options = TLSServerConfiguration(identity: self.identity)
        options.clientTrustRoots = self.authority.trustRoots
        options.requiresClientCertificate = true
        let configuration = SMTPTestServer.Configuration(tls: .implicit(options), mechanisms: ["EXTERNAL"])
        let own = try self.authority.clientIdentity(named: "alice")
        try await SMTPTestServer.withServer(configuration) { server in
            try await RawClient.with(server, tls: self.context { $0.identity = own }) { client in
                try await client.send("EHLO c\r\n")
                try await client.waitForReplies(2)
                try await client.send("AUTH EXTERNAL =\r\n")
                try await client.waitForReplies(3)
                #expect(client.codes == [220, 250, 235])
                #expect(server.sessions.first?.authentication?.user == "alice")
                #expect(server.sessions.first?.tls?.clientCertificateSubject?.contains("CN=alice") == true)
            }
            let without = try await RawClient.connect(to: server, tls: self.context())
            try await server.waitForSessionsClosed(2)
            #expect(server.sessions.last?.end == .tlsFailed)
            #expect(server.sessions.last?.tlsFailure != nil)
            await without.close()
        }
    }

    @Test("S-D4.1 SCRAM-SHA-256-PLUS", arguments: ["tls-exporter", "tls-server-end-point"])
    func channelBinding(type: String) async throws {
        let configuration = SMTPTestServer.Configuration(
            tls: .startTLS(self.identity),
            users: ["user": "pencil"],
            mechanisms: ["SCRAM-SHA-256-PLUS"]
        )
        try await SMTPTestServer.withServer(configuration) { server in
            try await RawClient.with(server) { client in
                try await self.startTLS(client)
                try await client.send("EHLO c\r\n")
                try await client.waitForReplies(4)
                let session = try #require(try await client.session())
                let kind: TLSChannelBinding = type == "tls-exporter" ? .exporter : .serverEndPoint
                var scram = ScramClient(digest: .sha256, header: "p=\(type),,")
                scram.binding = try #require(session.channelBinding(kind))
                try await client.send("AUTH SCRAM-SHA-256-PLUS \(scram.first.base64)\r\n")
                try await client.waitForReplies(5)
                let challenge = client.text.split(separator: "\r\n").last.map { String($0.dropFirst(4)) }
                let final = try scram.final(after: (challenge ?? "").decoded)
                try await client.send("\(final.message.base64)\r\n")
                try await client.waitForReplies(6)
                try await client.send("\r\n")
                try await client.waitForReplies(7)
                #expect(client.codes.suffix(3) == [334, 334, 235])
                #expect(server.sessions.first?.authentication?.mechanism == "SCRAM-SHA-256-PLUS")
            }
        }
    }

    @Test("every octet in a record of its own")
    func oneOctetRecords() async throws {
        var options = TLSServerConfiguration(identity: self.identity)
        // TLS 1.3 has handshake messages in records of the same type.
        options.maximumVersion = .tls12
        let configuration = SMTPTestServer.Configuration(tls: .implicit(options), segmentation: .everyByte)
        try await SMTPTestServer.withServer(configuration) { server in
            try await RawClient.with(server, tls: self.context()) { client in
                try await client.send("EHLO c\r\n")
                try await client.waitForReplies(2)
                #expect(client.recordCount == client.text.utf8.count)
                #expect(server.sessions.first?.sentCount == client.text.utf8.count)
            }
        }
    }

    @Test("S-C6.1 an orderly end says close_notify, a truncated one does not")
    func ends() async throws {
        for (action, isTruncated) in [(SMTPTestServer.Action.close, false), (.truncate, true)] {
            let script: SMTPTestServer.Script = [.on(.command("EHLO"), .raw("250-a\r\n250-AUTH"), action)]
            let configuration = SMTPTestServer.Configuration(tls: .implicit(self.identity), script: script)
            try await SMTPTestServer.withServer(configuration) { server in
                try await RawClient.with(server, tls: self.context()) { client in
                    try await client.send("EHLO c\r\n")
                    try await client.waitForClose()
                    #expect(client.text.hasSuffix("250-a\r\n250-AUTH"))
                    #expect((client.error != nil) == isTruncated)
                }
                try await server.waitForSessionsClosed(1)
                #expect(server.sessions.first?.end == .serverClosed)
            }
        }
    }

    @Test func reset() async throws {
        let script: SMTPTestServer.Script = [.on(.command("EHLO"), .reset)]
        let configuration = SMTPTestServer.Configuration(tls: .implicit(self.identity), script: script)
        try await SMTPTestServer.withServer(configuration) { server in
            try await RawClient.with(server, tls: self.context()) { client in
                try await client.send("EHLO c\r\n")
                try await client.waitForClose()
                #expect(client.error != nil)
            }
            try await server.waitForSessionsClosed(1)
            #expect(server.sessions.first?.end == .serverReset)
        }
    }

    @Test("S-C1.4 Q31 handshakes that come to nothing")
    func spoiltHandshakes() async throws {
        let scripts: [SMTPTestServer.Script] = [
            [.on(.clientHello, .close)],
            [.on(.clientHello, .reset)],
            [.on(.clientHello, .raw("250-evil\r\n250 AUTH LOGIN\r\n"))],
            [.on(.clientHello, .raw("250-evil\r\n250 AUTH LOGIN\r\n"), .default)],
        ]
        for script in scripts {
            let configuration = SMTPTestServer.Configuration(tls: .startTLS(self.identity), script: script)
            try await SMTPTestServer.withServer(configuration) { server in
                try await RawClient.with(server) { client in
                    await #expect(throws: (any Error).self) { try await self.startTLS(client) }
                    #expect(client.codes == [220, 250, 220])
                }
                try await server.waitForSessionsClosed(1)
                #expect(server.sessions.first?.tls == nil)
            }
        }
    }

    @Test("Q31 the end right behind the 220")
    func closedBehind220() async throws {
        let script: SMTPTestServer.Script = [.on(.command("STARTTLS"), .reply("220 go"), .close)]
        let configuration = SMTPTestServer.Configuration(tls: .startTLS(self.identity), script: script)
        try await SMTPTestServer.withServer(configuration) { server in
            try await RawClient.with(server) { client in
                try await client.send("EHLO c\r\n")
                try await client.waitForReplies(2)
                try await client.send("STARTTLS\r\n")
                try await client.waitForClose()
                #expect(client.codes == [220, 250, 220])
            }
            try await server.waitForSessionsClosed(1)
            #expect(server.sessions.first?.end == .serverClosed)
        }
    }

    @Test("S-C4 a client that does not trust the certificate")
    func distrust() async throws {
        try await SMTPTestServer.withServer(.init(tls: .implicit(self.identity))) { server in
            let stranger = try SMTPTestServer.Authority()
            let context = try self.context { $0.trustRoots = stranger.trustRoots }
            let client = try await RawClient.connect(to: server, tls: context)
            await #expect(throws: TLSError.self) { try await client.session() }
            try await server.waitForSessionsClosed(1)
            #expect(server.sessions.first?.end == .tlsFailed)
            #expect(server.sessions.first?.tlsFailure != nil)
            #expect(server.sessions.first?.receivedCount == 0)
            await client.close()
        }
    }

    @Test("Q27 SMTP where TLS is expected")
    func plaintext() async throws {
        try await SMTPTestServer.withServer(.init(tls: .implicit(self.identity))) { server in
            let client = try await RawClient.connect(to: server)
            try await client.send("EHLO c\r\n")
            try await server.waitForSessionsClosed(1)
            #expect(server.sessions.first?.end == .tlsFailed)
            #expect(server.sessions.first?.commands.isEmpty == true)
            await client.close()
        }
    }

    @Test func octetsInClearBreakTheSession() async throws {
        let script: SMTPTestServer.Script = [.on(.command("NOOP"), .inClear("250 evil\r\n"))]
        let configuration = SMTPTestServer.Configuration(tls: .implicit(self.identity), script: script)
        try await SMTPTestServer.withServer(configuration) { server in
            try await RawClient.with(server, tls: self.context()) { client in
                try await client.send("NOOP\r\n")
                try await client.waitForClose()
                #expect(client.error != nil)
                #expect(client.codes == [220])
            }
        }
    }

    @Test func repliesBeforeTheGreeting() async throws {
        let script: SMTPTestServer.Script = [.on(.secured, .reply("250 early"))]
        let configuration = SMTPTestServer.Configuration(tls: .implicit(self.identity), script: script)
        try await SMTPTestServer.withServer(configuration) { server in
            try await RawClient.with(server, tls: self.context()) { client in
                try await client.waitForReplies(2)
                #expect(client.codes == [250, 220])
            }
        }
    }

    @Test func shutdownInTheMiddleOfAHandshake() async throws {
        let client = try await SMTPTestServer.withServer(.init(tls: .implicit(self.identity))) { server in
            let client = try await RawClient.connect(to: server)
            try await client.send([0x16, 3, 1])
            try await server.waitForCommand("CONNECT")
            return client
        }
        try await client.waitForClose()
        await client.close()
    }

    @Test func anIdentityThatIsNone() async throws {
        let identity = TLSIdentity(certificateChain: Array("x".utf8), privateKey: "")
        let error = await #expect(throws: SMTPTestServerError.self) {
            try await SMTPTestServer.start(.init(tls: .startTLS(identity)))
        }
        #expect(error?.code == .invalidTLS)
    }

    @Test(
        "common names",
        arguments: [
            ("CN=alice", "alice"), ("CN=a\\,b,O=x", "a,b"), ("O=x,CN=bob+UID=1", "bob"), ("O=CN\\=x", nil),
            ("", nil),
        ] as [(String, String?)]
    )
    func commonNames(subject: String, name: String?) {
        #expect(Security.commonName(of: subject) == name)
    }
}
