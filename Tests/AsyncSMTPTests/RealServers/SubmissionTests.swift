import AsyncSMTP
import Foundation
import Testing

@Suite(
    "Dovecot's submission",
    .realServer("TEST_DOVECOT_SUBMISSION_PORT"),
    .serialized,
    .timeLimit(.minutes(20))
)
struct SubmissionTests {
    private static let content = Data("Subject: submission\r\n\r\n.\r\n..two\r\nthe end\r\n".utf8)

    private static func user() throws -> String { try RealServerVariable.value(of: "TEST_DOVECOT_USER") }

    private static func password(of user: String) throws -> Credentials {
        Credentials(
            username: try RealServerVariable.value(of: "TEST_DOVECOT_\(user)USER"),
            password: try RealServerVariable.value(
                of: user == "NON_ASCII_" ? "TEST_DOVECOT_NON_ASCII_PASSWORD" : "TEST_DOVECOT_PASSWORD"
            )
        )
    }

    private static func token(_ name: String) throws -> Secret {
        Secret(try RealServerVariable.value(of: "TEST_DOVECOT_\(name)"))
    }

    /// Logs in with a session that allows the mechanism only; the error, nil for success.
    private func refusal(
        of credentials: Credentials,
        by mechanism: SubmissionMechanism,
        at port: RealTLSPort,
        configuration: SMTPConfiguration? = nil
    ) async throws -> SMTPError? {
        var configuration = try configuration ?? .forRealTLS()
        configuration.authentication = mechanism.policy
        return try await SMTPSession.withSession(to: port.endpoint(), configuration: configuration) {
            session in
            do throws(SMTPError) {
                try await session.logIn(credentials)
                #expect(await session.isAuthenticated)
                return nil
            } catch {
                #expect(await !session.isAuthenticated)
                #expect(await session.isOpen)
                // The refusal costs this login only.
                try await session.logIn(mechanism.credentials())
                #expect(await session.isAuthenticated)
                return error
            }
        }
    }

    private func expectRefused(_ error: SMTPError?, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(error?.code == .authenticationFailed, sourceLocation: sourceLocation)
        #expect(error?.stage == .authentication, sourceLocation: sourceLocation)
        #expect(error?.reply?.code.value == 535, sourceLocation: sourceLocation)
        #expect(
            error?.reply?.enhancedStatus == EnhancedStatusCode(5, 7, 8),
            sourceLocation: sourceLocation
        )
        #expect(error?.acceptance == .refusedPermanently, sourceLocation: sourceLocation)
    }

    // MARK: Login and messages

    @Test("inside TLS the mechanisms are known", arguments: RealTLSPort.submission)
    func mechanisms(port: RealTLSPort) async throws {
        let names = try RealServerVariable.value(of: "TEST_DOVECOT_MECHANISMS").split(separator: " ")
        #expect(SubmissionMechanism.offered.map(\.rawValue) == names.map(String.init))
        try await SMTPSession.withSession(to: port.endpoint(), configuration: .forRealTLS()) { session in
            #expect(await session.extensions.authenticationMechanisms == names.map(String.init))
        }
    }

    @Test(
        "Q06 R4954-9 login, then two messages by DATA and one by BDAT, and no EHLO after the login",
        arguments: SubmissionMechanism.offered,
        RealTLSPort.submission
    )
    func messages(mechanism: SubmissionMechanism, port: RealTLSPort) async throws {
        let log = TranscriptLog()
        var configuration = try mechanism.configuration()
        configuration.transcript = log.entries()
        let messages = [RealMessage(), RealMessage(to: "a", "b", "c"), RealMessage()]
        try await SMTPSession.withSession(to: port.endpoint(), configuration: configuration) { session in
            #expect(await session.isAuthenticated)
            for (index, message) in messages.enumerated() {
                var options = SendOptions()
                options.usesChunking = index == 2
                let receipt = try await session.send(
                    .bytes(Self.content),
                    envelope: message.envelope(),
                    options: options
                )
                #expect(receipt.accepted.count == message.recipients.count)
                #expect(receipt.negotiation.usedChunking == options.usesChunking)
                #expect(receipt.negotiation.tls?.verifiedName == "localhost")
                #expect(receipt.negotiation.tls?.isVerified == true)
            }
        }
        let user = try Self.user()
        for message in messages { try SubmissionDump.expectStored(message, wire: Self.content, user: user) }
        let hellos = log.entries.filter { $0.speaker == .client && $0.text.hasPrefix("EHLO ") }
        #expect(hellos.count == (port.tls == .startTLS ? 2 : 1))
        let login = try #require(
            log.entries.lastIndex { $0.speaker == .server && $0.text.hasPrefix("235 ") }
        )
        #expect(!log.entries[login...].contains { $0.text.hasPrefix("EHLO ") })
    }

    @Test("32 messages of a task group log in by SCRAM on each connection", arguments: RealTLSPort.submission)
    func concurrent(port: RealTLSPort) async throws {
        let messages = (0..<32).map { _ in RealMessage() }
        var configuration = try SMTPConfiguration.forRealTLS()
        configuration.credentials = try Self.password(of: "")
        try await SMTPClient.withClient(port.endpoint(), configuration: configuration) { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for message in messages {
                    group.addTask {
                        let raw = RawMessage(.bytes(Self.content), envelope: try message.envelope())
                        #expect(try await client.send(raw).accepted.count == 1)
                    }
                }
                try await group.waitForAll()
            }
        }
        let user = try Self.user()
        for message in messages { try SubmissionDump.expectStored(message, wire: Self.content, user: user) }
    }

    // MARK: Choice of the mechanism

    @Test(
        "the default policy takes the strongest, SCRAM-SHA-256, also for a password that is stored hashed",
        arguments: ["", "HASHED_", "NON_ASCII_"],
        RealTLSPort.submission
    )
    func strongest(user: String, port: RealTLSPort) async throws {
        let log = TranscriptLog()
        var configuration = try SMTPConfiguration.forRealTLS()
        configuration.credentials = try Self.password(of: user)
        configuration.transcript = log.entries()
        try await SMTPSession.withSession(to: port.endpoint(), configuration: configuration) { session in
            #expect(await session.isAuthenticated)
        }
        let challenges = log.entries.filter { $0.speaker == .server && $0.text.hasPrefix("334 ") }
        #expect(challenges.count == 2)
        // "v=" and the server's signature of 32 octets, both in Base64; that of SHA-1 would give 40.
        #expect(challenges.last?.text == "334 [redacted 64 octets]")
    }

    @Test(
        "a password that is stored hashed for SCRAM-SHA-256 works by this and by mechanisms that reveal it",
        arguments: SubmissionMechanism.withPassword
    )
    func hashed(mechanism: SubmissionMechanism) async throws {
        let error = try await self.refusal(
            of: Self.password(of: "HASHED_"),
            by: mechanism,
            at: RealTLSPort.submission[0]
        )
        switch mechanism {
        case .plain, .login, .scramSHA256: #expect(error == nil)
        default: self.expectRefused(error)
        }
    }

    @Test(
        "a password that is not ASCII",
        arguments: SubmissionMechanism.withPassword,
        RealTLSPort.submission
    )
    func nonASCII(mechanism: SubmissionMechanism, port: RealTLSPort) async throws {
        let error = try await self.refusal(of: Self.password(of: "NON_ASCII_"), by: mechanism, at: port)
        #expect(error == nil)
    }

    @Test(
        "S-D1.3 without verification no mechanism reveals the secret, and SCRAM still works",
        arguments: SubmissionMechanism.offered.filter { $0 != .external && $0 != .cramMD5 }
    )
    func unverified(mechanism: SubmissionMechanism) async throws {
        var configuration = try SMTPConfiguration.forRealTLS(trusting: "TEST_TLS_UNTRUSTED_CA_FILE")
        configuration.tls.verification = .insecurelyDisabled
        configuration.authentication = mechanism.policy
        configuration.credentials = try mechanism.credentials()
        let log = TranscriptLog()
        configuration.transcript = log.entries()
        do {
            try await SMTPSession.withSession(
                to: RealTLSPort.submission[1].endpoint(),
                configuration: configuration
            ) { session in
                #expect(mechanism == .scramSHA1 || mechanism == .scramSHA256)
                #expect(await session.isAuthenticated)
                #expect(await session.tls?.isVerified == false)
            }
        } catch let error as SMTPError {
            #expect(mechanism != .scramSHA1 && mechanism != .scramSHA256)
            #expect(error.code == .authenticationNeedsEncryption)
            #expect(!log.text.contains("redacted"))
        }
    }

    // MARK: Refusals

    @Test(
        "a wrong password is refused, and no other mechanism is tried",
        arguments: SubmissionMechanism.withPassword,
        RealTLSPort.submission
    )
    func wrongPassword(mechanism: SubmissionMechanism, port: RealTLSPort) async throws {
        let credentials = Credentials(username: try Self.user(), password: "wrong")
        self.expectRefused(try await self.refusal(of: credentials, by: mechanism, at: port))
    }

    @Test("S-D2.1 after 535 to the strongest mechanism the default policy stops")
    func noFallback() async throws {
        let log = TranscriptLog()
        var configuration = try SMTPConfiguration.forRealTLS()
        configuration.credentials = Credentials(username: try Self.user(), password: "wrong")
        configuration.transcript = log.entries()
        let error = await #expect(throws: SMTPError.self) {
            try await SMTPSession.withSession(
                to: RealTLSPort.submission[1].endpoint(),
                configuration: configuration
            ) { _ in }
        }
        self.expectRefused(error)
        #expect(log.entries.count { $0.speaker == .server && $0.text.hasPrefix("535 ") } == 1)
    }

    @Test(
        "an expired and a forged token are refused, and the server is not asked again with the same",
        arguments: SubmissionMechanism.withToken,
        ["EXPIRED_TOKEN", "FORGED_TOKEN"]
    )
    func badToken(mechanism: SubmissionMechanism, token: String) async throws {
        let log = TranscriptLog()
        var configuration = try SMTPConfiguration.forRealTLS()
        configuration.transcript = log.entries()
        let tokens = CountingTokens(try RealServerVariable.value(of: "TEST_DOVECOT_\(token)"))
        let error = try await self.refusal(
            of: .token(username: Self.user(), source: tokens.source()),
            by: mechanism,
            at: RealTLSPort.submission[1],
            configuration: configuration
        )
        self.expectRefused(error)
        #expect(tokens.count == 2)
        #expect(log.entries.count { $0.speaker == .server && $0.text.hasPrefix("535 ") } == 1)
        let secret = try RealServerVariable.value(of: "TEST_DOVECOT_\(token)")
        #expect(!"\(String(describing: error))".contains(secret))
        #expect(!log.text.contains(secret))
    }

    @Test(
        "an expired token is fetched anew once, whatever the number of connections",
        arguments: SubmissionMechanism.withToken,
        RealTLSPort.submission
    )
    func tokenRefresh(mechanism: SubmissionMechanism, port: RealTLSPort) async throws {
        let tokens = CountingTokens(
            try RealServerVariable.value(of: "TEST_DOVECOT_EXPIRED_TOKEN"),
            try RealServerVariable.value(of: "TEST_DOVECOT_TOKEN")
        )
        let messages = (0..<8).map { _ in RealMessage() }
        var configuration = try SMTPConfiguration.forRealTLS()
        configuration.authentication = mechanism.policy
        configuration.credentials = .token(username: try Self.user(), source: tokens.source())
        try await SMTPClient.withClient(port.endpoint(), configuration: configuration) { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for message in messages {
                    group.addTask {
                        try await client.send(
                            RawMessage(.bytes(Self.content), envelope: message.envelope())
                        )
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(tokens.count == 2)
        let user = try Self.user()
        for message in messages { try SubmissionDump.expectStored(message, wire: Self.content, user: user) }
    }

    @Test(
        "EXTERNAL without a certificate, and for another user, is refused",
        arguments: RealTLSPort.submission
    )
    func external(port: RealTLSPort) async throws {
        var configuration = try SMTPConfiguration.forRealTLS()
        configuration.authentication = SubmissionMechanism.external.policy
        configuration.credentials = .external()
        let without = await #expect(throws: SMTPError.self) {
            try await SMTPSession.withSession(to: port.endpoint(), configuration: configuration) { _ in }
        }
        #expect(without?.code == .authenticationFailed)
        #expect(without?.reply?.code.severity == .permanentNegative)
        let another = try await self.refusal(
            of: .external(authorizationIdentity: "another"),
            by: .external,
            at: port,
            configuration: .forRealTLSWithCertificate()
        )
        self.expectRefused(another)
    }

    @Test("S-C4.2 an authority that is not trusted ends the connection", arguments: RealTLSPort.submission)
    func untrusted(port: RealTLSPort) async throws {
        let log = TranscriptLog()
        let message = RealMessage()
        var configuration = try SMTPConfiguration.forRealTLS(trusting: "TEST_TLS_UNTRUSTED_CA_FILE")
        configuration.credentials = try Self.password(of: "")
        configuration.transcript = log.entries()
        let error = await #expect(throws: SMTPError.self) {
            try await SMTPClient.send(
                RawMessage(.bytes(Self.content), envelope: message.envelope()),
                through: port.endpoint(),
                configuration: configuration
            )
        }
        #expect(error?.code == .certificateRejected)
        #expect(error?.stage == .tls)
        #expect((error?.underlying as? TLSError)?.reason == .unknownIssuer)
        #expect(error?.acceptance == .notAccepted)
        #expect(!log.text.contains("redacted"))
        #expect(try SubmissionDump.copies(of: message).isEmpty)
    }
}
