import AsyncSMTP
import SMTPTestServer
import Testing

/// What a client does, and what it leaves alone, beyond the commands themselves.
@Suite("Etiquette")
struct EtiquetteTests {
    private func session<Result>(
        with server: SMTPTestServer,
        flavour: Flavour = .smtp,
        _ configuration: SMTPConfiguration = SMTPConfiguration(),
        _ body: (SMTPSession) async throws -> Result
    ) async throws -> Result {
        let endpoint = try SMTPServer(host: server.host, port: server.port, tls: .plaintext, flavour: flavour)
        return try await SMTPSession.withSession(to: endpoint, configuration: configuration, body)
    }

    @Test("R5321-4.5.5-1 a notification goes out with the null path")
    func nullPath() async throws {
        try await SMTPTestServer.withServer { server in
            try await self.session(with: server) { session in
                let envelope = try Envelope(from: "", to: ["ann@example.org"])
                try await session.send(.text("Subject: failed\r\n\r\n"), envelope: envelope)
            }
            #expect(server.messages.map(\.sender) == [""])
            #expect(server.sessions[0].commands.contains { $0.hasPrefix("MAIL FROM:<> ") })
        }
    }

    @Test("R5321-4.4-1 nothing is added to the message: no Received, no Return-Path")
    func nothingAdded() async throws {
        try await SMTPTestServer.withServer { server in
            let text = "Subject: as it is\r\n\r\nbody\r\n"
            let message = RawMessage(
                .text(text),
                envelope: try Envelope(from: "a@b.example", to: ["c@d.example"])
            )
            let endpoint = try SMTPServer(host: server.host, port: server.port, tls: .plaintext)
            try await SMTPClient.send(message, through: endpoint)
            #expect(server.messages.map(\.text) == [text])
        }
    }

    @Test("R2033-6 LMTP without PIPELINING and ENHANCEDSTATUSCODES works in lock-step")
    func plainLMTP() async throws {
        let configuration = SMTPTestServer.Configuration(flavour: .lmtp, extensions: ["8BITMIME"])
        try await SMTPTestServer.withServer(configuration) { server in
            let receipt = try await self.session(with: server, flavour: .lmtp) { session in
                let envelope = try Envelope(from: "a@b.example", to: ["c@d.example", "e@d.example"])
                return try await session.send(.text("Subject: x\r\n\r\n"), envelope: envelope)
            }
            #expect(receipt.negotiation.pipelining == .disabled)
            #expect(receipt.accepted.count == 2)
            #expect(server.sessions[0].synchronizationErrors.isEmpty)
        }
    }

    @Test(
        "R2920-9 the level asked for is the level used, and only where it is offered",
        arguments: PipeliningLevel.allCases,
        [true, false]
    )
    func levels(_ level: PipeliningLevel, isOffered: Bool) async throws {
        let extensions = isOffered ? ["PIPELINING", "8BITMIME"] : ["8BITMIME"]
        try await SMTPTestServer.withServer(.init(extensions: extensions)) { server in
            var configuration = SMTPConfiguration()
            configuration.sending.pipelining = level
            let receipt = try await self.session(with: server, configuration) {
                try await $0.send(Sample.message)
            }
            // A message by itself has none to share a group with.
            #expect(receipt.negotiation.pipelining == (isOffered ? min(level, .transaction) : .disabled))
            #expect(server.sessions[0].synchronizationErrors.isEmpty)
        }
        #expect(SendOptions().pipelining == .session)
    }

    @Test("Q11 a parameter the server offers and then refuses is reported, and can be left out")
    func refusedParameter() async throws {
        let script: SMTPTestServer.Script = [
            .on(.command("MAIL", where: { $0.contains("SIZE=") }), .reply("501 5.5.4 invalid SIZE parameter"))
        ]
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            try await self.session(with: server) { session in
                var envelope = try Envelope(from: "a@b.example", to: ["c@d.example"])
                let error = await #expect(throws: SMTPError.self) {
                    try await session.send(.text("Subject: x\r\n\r\n"), envelope: envelope)
                }
                #expect(error?.code == .senderRefused)
                #expect(error?.reply?.code.value == 501)
                envelope.parameters.size = .never
                let receipt = try await session.send(.text("Subject: x\r\n\r\n"), envelope: envelope)
                #expect(receipt.accepted.count == 1)
            }
        }
    }

    @Test("Q06 Q07 R4954-9 EHLO is not repeated after AUTH")
    func noHelloAfterLogin() async throws {
        try await SMTPTestServer.withServer(.init(users: ["ann": "secret"])) { server in
            var configuration = SMTPConfiguration()
            configuration.credentials = Credentials(username: "ann", password: "secret")
            configuration.allowsPlaintextAuthentication = true
            try await self.session(with: server, configuration) { session in
                #expect(await session.isAuthenticated)
                try await session.send(Sample.message)
            }
            #expect(server.messages.map(\.authenticatedUser) == ["ann"])
            #expect(server.sessions[0].commands.count { $0.hasPrefix("EHLO") } == 1)
        }
    }

    @Test("Q28 no NOOP is sent that nobody asked for")
    func noProbe() async throws {
        try await SMTPTestServer.withServer { server in
            let endpoint = try SMTPServer(host: server.host, port: server.port, tls: .plaintext)
            try await SMTPClient.withClient(endpoint, maximumConnections: 1) { client in
                for _ in 0..<3 { try await client.send(Sample.message) }
            }
            #expect(server.sessions.count == 1)
            #expect(!server.sessions[0].commands.contains("NOOP"))
            #expect(server.messageCount == 3)
        }
    }

    @Test(
        "S-D1.1 Q69 without encryption no octet of AUTH goes out unless it is allowed",
        arguments: ["PLAIN", "LOGIN"]
    )
    func noSecretInClear(_ mechanism: String) async throws {
        let configuration = SMTPTestServer.Configuration(
            extensions: ["AUTH \(mechanism)"],
            users: ["ann": "secret"]
        )
        try await SMTPTestServer.withServer(configuration) { server in
            try await self.session(with: server) { session in
                let error = await #expect(throws: SMTPError.self) {
                    try await session.logIn(Credentials(username: "ann", password: "secret"))
                }
                #expect(error?.code == .authenticationNeedsEncryption)
            }
            #expect(!server.sessions[0].commands.contains { $0.uppercased().hasPrefix("AUTH") })
        }
    }

    @Test("R4616-1 PLAIN is three parts with NUL between them, and neither name nor password is empty")
    func plain() async throws {
        var mechanism = try Plain(Credentials(username: "user", password: "pencil"))
        #expect(try await mechanism.respond(to: nil) == Array("\0user\0pencil".utf8))
        await #expect(throws: SASLError(.unexpectedChallenge)) { try await mechanism.respond(to: []) }
        for (name, password) in [("", "pencil"), ("user", ""), ("us\0er", "pencil"), ("user", "pen\0cil")] {
            #expect(throws: SASLError.self) { try Plain(Credentials(username: name, password: password)) }
        }
    }

    @Test("S-I1.3 credentials print nothing of the password")
    func credentialsPrintNothing() {
        let credentials = Credentials(username: "ann", password: "hunter2")
        var configuration = SMTPConfiguration()
        configuration.credentials = credentials
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(credentials)", String(reflecting: credentials), "\(configuration)", dumped] {
            #expect(text.contains("ann"))
            #expect(!text.contains("hunter2"))
        }
    }
}
