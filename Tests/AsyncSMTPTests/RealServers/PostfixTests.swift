import AsyncSMTP
import Foundation
import Testing

@Suite("Postfix", .realServer("TEST_POSTFIX_PORT"), .serialized, .timeLimit(.minutes(20)))
struct PostfixTests {
    private static let ports = [
        RealTLSPort.postfix.with(.plaintext), .postfix, .postfix.with(.opportunistic), .postfixRequired,
        .postfixSMTPS,
    ]
    private static let encryptedPorts = [RealTLSPort.postfix, .postfixRequired, .postfixSMTPS]

    private static let content = Data("Subject: postfix\r\n\r\n.\r\n..two\r\nthe end\r\n".utf8)

    /// What Postfix makes of content without lone CR or LF.
    private static func stored(_ content: Data) -> Data {
        Data(content.filter { $0 != 0x0D })
    }

    /// The line of the field that tells of TLS begins so.
    private static func tlsLine(of session: TLSSession) -> String {
        "(using \(session.version.description.replacing("TLS ", with: "TLSv")) with cipher \(session.cipher) "
    }

    private func expectFacts(
        _ receipt: SendReceipt,
        _ copy: PostfixMessage.Copy?,
        _ port: RealTLSPort,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let copy = try #require(copy, sourceLocation: sourceLocation)
        let queueID = try #require(receipt.queueIdentifier, sourceLocation: sourceLocation)
        let name = port.tls == .plaintext ? "ESMTP" : "ESMTPS"
        let by = "by mail.postfix.example (Postfix) with \(name) id \(queueID)"
        #expect(copy.received.contains { $0 == by || $0 == "\(by);" }, sourceLocation: sourceLocation)
        #expect(
            copy.received[0] == "from client.example (unknown [127.0.0.1])",
            sourceLocation: sourceLocation
        )
        guard port.tls != .plaintext else {
            #expect(receipt.negotiation.tls == nil, sourceLocation: sourceLocation)
            #expect(!copy.received.contains { $0.contains("TLS") }, sourceLocation: sourceLocation)
            return
        }
        let session = try #require(receipt.negotiation.tls, sourceLocation: sourceLocation)
        #expect(session.isVerified, sourceLocation: sourceLocation)
        #expect(session.verifiedName == "localhost", sourceLocation: sourceLocation)
        #expect(session.peerCertificates.first?.subject == "CN=localhost", sourceLocation: sourceLocation)
        #expect(
            copy.received.contains { $0.hasPrefix(Self.tlsLine(of: session)) },
            "\(copy.received)",
            sourceLocation: sourceLocation
        )
    }

    // MARK: Messages

    @Test(
        "R2920-1 R3207-1 on each port and at each level messages are stored once for each recipient, by DATA and BDAT",
        arguments: Self.ports,
        PipeliningLevel.allCases
    )
    func messages(port: RealTLSPort, level: PipeliningLevel) async throws {
        let messages = [
            try PostfixMessage(to: 1), try PostfixMessage(to: 2, 3), try PostfixMessage(to: 4),
            try PostfixMessage(to: 5, 6, 7),
        ]
        var receipts: [SendReceipt] = []
        try await SMTPSession.withSession(to: port.endpoint(), configuration: .forRealTLS()) { session in
            for (index, message) in messages.enumerated() {
                var options = SendOptions()
                options.pipelining = level
                options.usesChunking = index >= 2
                let receipt = try await session.send(
                    .bytes(Self.content),
                    envelope: message.envelope(),
                    options: options
                )
                #expect(receipt.accepted.count == message.recipients.count)
                #expect(receipt.negotiation.pipelining == min(level, .transaction))
                #expect(receipt.negotiation.usedChunking == options.usesChunking)
                receipts.append(receipt)
            }
            #expect(await !session.distrustsPipelining)
        }
        let copies = try await PostfixMessage.copies(of: messages)
        for (index, message) in messages.enumerated() {
            #expect(copies[index].map(\.recipient) == message.recipients)
            #expect(copies[index].allSatisfy { $0.content == Self.stored(Self.content) })
            try self.expectFacts(receipts[index], copies[index].first, port)
        }
    }

    @Test(
        "content of 8 MiB arrives whole through TLS",
        arguments: Self.encryptedPorts,
        [false, true]
    )
    func large(port: RealTLSPort, usesChunking: Bool) async throws {
        let message = try PostfixMessage(to: 8)
        let line = ".\(String(repeating: "x", count: 61))\r\n"
        let content = Data(("Subject: large\r\n\r\n" + String(repeating: line, count: 131_072)).utf8)
        var configuration = try SMTPConfiguration.forRealTLS()
        configuration.sending.usesChunking = usesChunking
        let receipt = try await SMTPClient.send(
            message.raw(content),
            through: port.endpoint(),
            configuration: configuration
        )
        #expect(receipt.octets == UInt64(content.count))
        let copies = try await PostfixMessage.copies(of: [message])
        #expect(copies[0].count == 1)
        #expect(copies[0].first?.content == Self.stored(content))
    }

    @Test("100 messages of a task group are each stored exactly once", arguments: Self.encryptedPorts)
    func hundred(port: RealTLSPort) async throws {
        let messages = try (0..<100).map { try PostfixMessage(to: $0) }
        func content(_ index: Int) -> Data {
            Data("Subject: \(index)\r\n\r\n.\r\nmessage \(index)\r\n".utf8)
        }
        try await SMTPClient.withClient(
            port.endpoint(),
            configuration: .forRealTLS(),
            maximumConnections: 25
        ) { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, message) in messages.enumerated() {
                    group.addTask {
                        let receipt = try await client.send(message.raw(content(index)))
                        #expect(receipt.accepted.count == 1)
                        #expect(receipt.negotiation.tls?.isVerified == true)
                    }
                }
                try await group.waitForAll()
            }
        }
        let copies = try await PostfixMessage.copies(of: messages)
        for index in messages.indices {
            #expect(copies[index].map(\.content) == [Self.stored(content(index))])
        }
    }

    @Test("refused recipients have outcomes of their own, through TLS", arguments: Self.encryptedPorts)
    func partly(port: RealTLSPort) async throws {
        let message = try PostfixMessage(to: 10)
        let others = ["rcpt-450@postfix.example", "rcpt-550@postfix.example", "nobody@elsewhere.example"]
        try await SMTPSession.withSession(to: port.endpoint(), configuration: .forRealTLS()) { session in
            let receipt = try await session.send(
                .bytes(Self.content),
                envelope: message.envelope(adding: others)
            )
            #expect(receipt.recipients.map { $0.code?.value } == [250, 450, 550, 554])
            #expect(
                receipt.recipients.map(\.disposition) == [
                    .accepted, .refusedTemporarily, .refusedPermanently, .refusedPermanently,
                ]
            )
        }
        let copies = try await PostfixMessage.copies(of: [message])
        #expect(copies[0].map(\.content) == [Self.stored(Self.content)])
    }

    // MARK: Login and certificates

    @Test(
        "inside TLS the user logs in, and the message says so",
        arguments: Self.encryptedPorts,
        SubmissionMechanism.offered.filter { $0 != .external }
    )
    func login(port: RealTLSPort, mechanism: SubmissionMechanism) async throws {
        let message = try PostfixMessage(to: 11)
        let receipt = try await SMTPClient.send(
            message.raw(Self.content),
            through: port.endpoint(),
            configuration: mechanism.configuration()
        )
        #expect(receipt.accepted.count == 1)
        let copies = try await PostfixMessage.copies(of: [message])
        let received = try #require(copies[0].first).received
        #expect(received.contains("(Authenticated sender: user)"))
        #expect(received.contains { $0.contains(" with ESMTPSA id ") })
    }

    @Test("a wrong password is refused inside TLS", arguments: Self.encryptedPorts)
    func wrongPassword(port: RealTLSPort) async throws {
        let message = try PostfixMessage(to: 11)
        var configuration = try SMTPConfiguration.forRealTLS()
        configuration.credentials = Credentials(username: "user", password: "wrong")
        let error = await #expect(throws: SMTPError.self) {
            try await SMTPClient.send(
                message.raw(Self.content),
                through: port.endpoint(),
                configuration: configuration
            )
        }
        #expect(error?.code == .authenticationFailed)
        #expect(error?.reply?.code.value == 535)
        #expect(error?.acceptance == .refusedPermanently)
    }

    @Test("S-D1.1 in clear AUTH is not offered, and no password is said")
    func loginInClear() async throws {
        let log = TranscriptLog()
        var configuration = try SMTPConfiguration.forRealServers()
        configuration.credentials = Credentials(username: "user", password: "secret")
        configuration.transcript = log.entries()
        let error = await #expect(throws: SMTPError.self) {
            try await SMTPSession.withSession(
                to: RealTLSPort.postfix.with(.plaintext).endpoint(),
                configuration: configuration
            ) { _ in }
        }
        #expect(error?.code == .noAuthenticationMechanism)
        #expect(!log.text.contains("redacted"))
    }

    @Test("where TLS is required, MAIL in clear gets 530, and afterwards STARTTLS helps")
    func requiredTLS() async throws {
        let refused = try PostfixMessage(to: 12)
        let message = try PostfixMessage(to: 12)
        try await SMTPSession.withSession(
            to: RealTLSPort.postfixRequired.with(.plaintext).endpoint(),
            configuration: .forRealTLS()
        ) { session in
            let error = await #expect(throws: SMTPError.self) {
                try await session.send(.bytes(Self.content), envelope: refused.envelope())
            }
            #expect(error?.code == .senderRefused)
            #expect(error?.stage == .mail)
            #expect(error?.reply?.code.value == 530)
            #expect(error?.reply?.enhancedStatus == EnhancedStatusCode(5, 7, 0))
            #expect(error?.acceptance == .refusedPermanently)
            try await session.startTLS()
            #expect(await session.isEncrypted)
            let receipt = try await session.send(.bytes(Self.content), envelope: message.envelope())
            #expect(receipt.negotiation.tls != nil)
        }
        let copies = try await PostfixMessage.copies(of: [message])
        #expect(copies[0].count == 1)
        #expect(try refused.copies().isEmpty)
    }

    @Test(
        "the client's certificate is shown where there is one",
        arguments: Self.encryptedPorts,
        [false, true]
    )
    func clientCertificate(port: RealTLSPort, shows: Bool) async throws {
        let message = try PostfixMessage(to: 13)
        try await SMTPClient.send(
            message.raw(Self.content),
            through: port.endpoint(),
            configuration: shows ? .forRealTLSWithCertificate() : .forRealTLS()
        )
        let copies = try await PostfixMessage.copies(of: [message])
        let received = try #require(copies[0].first).received.joined(separator: "\n")
        if shows {
            let line = "(Client CN \"user\", Issuer \"async-smtp test authority\" (verified OK))"
            #expect(received.contains(line))
        } else {
            #expect(received.contains("(Client did not present a certificate)"))
        }
    }

    // MARK: TLS

    @Test("S-C4.2 an authority that is not trusted ends the connection", arguments: Self.ports.dropFirst())
    func untrusted(port: RealTLSPort) async throws {
        let message = try PostfixMessage(to: 14)
        let error = await #expect(throws: SMTPError.self) {
            try await SMTPClient.send(
                message.raw(Self.content),
                through: port.endpoint(),
                configuration: .forRealTLS(trusting: "TEST_TLS_UNTRUSTED_CA_FILE")
            )
        }
        #expect(error?.code == .certificateRejected)
        #expect((error?.underlying as? TLSError)?.reason == .unknownIssuer)
        #expect(error?.acceptance == .notAccepted)
        #expect(try message.copies().isEmpty)
    }

    @Test(
        "each version of TLS, named by name and by address",
        arguments: [TLSVersion.tls12, .tls13],
        ["localhost", "127.0.0.1"]
    )
    func versions(version: TLSVersion, host: String) async throws {
        let message = try PostfixMessage(to: 15)
        var configuration = try SMTPConfiguration.forRealTLS()
        configuration.tls.minimumVersion = version
        configuration.tls.maximumVersion = version
        let receipt = try await SMTPClient.send(
            message.raw(Self.content),
            through: RealTLSPort.postfixSMTPS.endpoint(host: host),
            configuration: configuration
        )
        let session = try #require(receipt.negotiation.tls)
        #expect(session.version == version)
        #expect(session.verifiedName == host)
        let copies = try await PostfixMessage.copies(of: [message])
        let received = try #require(copies[0].first).received
        #expect(received.contains { $0.hasPrefix(Self.tlsLine(of: session)) })
    }
}
