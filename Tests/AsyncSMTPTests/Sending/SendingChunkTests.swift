import AsyncSMTP
import SMTPTestServer
import Testing

/// Content by BDAT, at the server (RFC 3030).
@Suite("Content by BDAT")
struct SendingChunkTests {
    private static let chunked: @Sendable (inout SMTPConfiguration) -> Void = {
        $0.sending.usesChunking = true
    }

    /// Extensions with and without PIPELINING, which decides whether a chunk waits for its reply.
    static let offers = [["CHUNKING", "SIZE 90000000"], ["CHUNKING", "SIZE 90000000", "PIPELINING"]]

    private static let large = String(
        repeating: ".0123456789abcdef0123456789abcdef0123456789abcdef012345678\r\n",
        count: 15_000
    )

    private func arguments(of verb: String, in server: SMTPTestServer) -> [String] {
        server.commands.filter { $0.hasPrefix(verb) }.map { String($0.dropFirst(verb.count + 1)) }
    }

    @Test(
        "R3030-1 R3030-6 BDAT carries the text as it is: no dots doubled, no terminator, lines with CRLF",
        arguments: [
            ("", ""), (".", "."), (".\r\n", ".\r\n"), ("a\r\n.\r\nb", "a\r\n.\r\nb"),
            ("a\n.\rb\n", "a\r\n.\r\nb\r\n"),
            ("a\r\n\r\n.\r\nMAIL FROM:<x>\r\n", "a\r\n\r\n.\r\nMAIL FROM:<x>\r\n"), ("a\r", "a\r\n"),
        ],
        Self.offers
    )
    func textAsItIs(row: (body: String, content: String), extensions: [String]) async throws {
        try await Loopback.withSession(.init(extensions: extensions), configure: Self.chunked) {
            server,
            session in
            for _ in 0..<2 {
                try await session.send(.text(row.body), envelope: Letter.envelope())
            }
            try await Loopback.expectUsable(session)
            #expect(server.messages.map(\.text) == [row.content, row.content])
            #expect(server.messages.allSatisfy { $0.isBDAT })
            // An empty one is legal.
            let last = "\(row.content.utf8.count) LAST"
            #expect(self.arguments(of: "BDAT", in: server) == [last, last])
            #expect(!server.commands.contains("RSET"))
        }
    }

    @Test("R3030-2 Q52 every chunk has its reply, and replies are counted", arguments: Self.offers)
    func severalChunks(extensions: [String]) async throws {
        try await Loopback.withSession(.init(extensions: extensions), configure: Self.chunked) {
            server,
            session in
            for _ in 0..<2 { try await session.send(.text(Self.large), envelope: Letter.envelope()) }
            try await Loopback.expectUsable(session)
            #expect(server.messages.map(\.contentLength) == [Self.large.utf8.count, Self.large.utf8.count])
            #expect(server.messages.allSatisfy { $0.content.elementsEqual(Self.large.utf8) })
            let chunks = self.arguments(of: "BDAT", in: server)
            #expect(chunks.count >= 4)
            #expect(chunks.count { $0.hasSuffix(" LAST") } == 2)
            let octets = chunks.compactMap { $0.split(separator: " ").first.flatMap { Int($0) } }.reduce(0, +)
            #expect(octets == 2 * Self.large.utf8.count)
            let record = try #require(server.sessions.first)
            #expect(record.replies.count == 1 + record.commands.count)
            #expect(record.synchronizationErrors.isEmpty)
        }
    }

    @Test(
        "R3030-3 Q52 a refused chunk ends the content; RSET goes ahead of the next transaction",
        arguments: Self.offers,
        ["452 4.3.1 full", "554 5.6.0 no", "503 5.5.1 sequence"]
    )
    func refusedChunk(extensions: [String], refusal: String) async throws {
        let script: SMTPTestServer.Script = [.on(.bdat(occurrence: 1), .reply(refusal))]
        try await Loopback.withSession(.init(extensions: extensions, script: script), configure: Self.chunked)
        {
            server,
            session in
            let error = try await #require(throws: SMTPError.self) {
                try await session.send(.text(Self.large), envelope: Letter.envelope())
            }
            #expect(error.code == .dataRefused)
            #expect(error.reply?.description == refusal)
            #expect([.refusedTemporarily, .refusedPermanently].contains(error.acceptance))
            #expect(server.messageCount == 0)
            let before = server.commands.count
            if !extensions.contains("PIPELINING") {
                #expect(self.arguments(of: "BDAT", in: server).count == 1)
            }
            try await session.send(Letter.content, envelope: Letter.envelope())
            #expect(server.commands[before...].prefix(2).map { $0.prefix(4) } == ["RSET", "MAIL"])
            #expect(server.messages.map(\.text) == [Letter.text])
            #expect(server.sessions.count == 1)
        }
    }

    @Test("R3030-3 Q52 a refused last chunk: RSET goes ahead of the next transaction", arguments: Self.offers)
    func refusedLastChunk(extensions: [String]) async throws {
        let script: SMTPTestServer.Script = [.on(.endOfContent(occurrence: 1), .reply("554 5.6.0 no"))]
        try await Loopback.withSession(.init(extensions: extensions, script: script), configure: Self.chunked)
        {
            server,
            session in
            let error = try await #require(throws: SMTPError.self) {
                try await session.send(Letter.content, envelope: Letter.envelope())
            }
            #expect(error.code == .dataRefused)
            #expect(error.acceptance == .refusedPermanently)
            try await session.send(Letter.content, envelope: Letter.envelope())
            #expect(self.arguments(of: "BDAT", in: server).count == 2)
            #expect(server.commands.count { $0 == "RSET" } == 1)
            #expect(server.messageCount == 1)
        }
    }

    @Test(
        "R3030-3 Q52 nobody accepted while the chunks are on their way: no message, no confusion",
        arguments: Self.offers
    )
    func nobodyAccepted(extensions: [String]) async throws {
        let script: SMTPTestServer.Script = [
            .on(.command("RCPT", occurrence: 1), .reply("550 5.1.1 no such user"))
        ]
        try await Loopback.withSession(.init(extensions: extensions, script: script), configure: Self.chunked)
        {
            server,
            session in
            let error = try await #require(throws: SMTPError.self) {
                try await session.send(Letter.content, envelope: Letter.envelope())
            }
            #expect(error.code == .recipientsRefused)
            #expect(error.reply?.code.value == 550)
            try await session.send(Letter.content, envelope: Letter.envelope())
            try await Loopback.expectUsable(session)
            #expect(server.messages.map(\.text) == [Letter.text])
        }
    }

    @Test(
        "R3030-4 R3030-6 DATA unless asked otherwise, and never both in one transaction",
        arguments: [false, true]
    )
    func oneOfBoth(usesChunking: Bool) async throws {
        let configure: (inout SMTPConfiguration) -> Void = { $0.sending.usesChunking = usesChunking }
        try await Loopback.withSession(configure: configure) { server, session in
            try await session.send(Letter.content, envelope: Letter.envelope())
            #expect(server.commands.contains("DATA") == !usesChunking)
            #expect(self.arguments(of: "BDAT", in: server).isEmpty != usesChunking)
            #expect(server.messages.map(\.isBDAT) == [usesChunking])
        }
    }

    @Test(
        "Q52 a second 250 behind a message is nobody's answer: the connection goes, the message stays",
        arguments: [false, true]
    )
    func doubleReply(usesChunking: Bool) async throws {
        let script: SMTPTestServer.Script = [
            .on(.endOfContent(occurrence: 1), .default, .reply("250 2.0.0 once more"))
        ]
        let configure: (inout SMTPConfiguration) -> Void = { $0.sending.usesChunking = usesChunking }
        try await Loopback.withClient(.init(script: script), maximumConnections: 1, configure: configure) {
            server,
            client in
            for _ in 0..<2 {
                let receipt = try await client.send(RawMessage(Letter.content))
                #expect(receipt.finalReply.text.hasPrefix("Ok: queued as"))
            }
            #expect(server.messages.map(\.sessionIndex) == [0, 1])
        }
    }

    @Test("R3030-6 where CHUNKING is not offered DATA does")
    func notOffered() async throws {
        try await Loopback.withSession(.init(extensions: []), configure: Self.chunked) { server, session in
            try await session.send(Letter.content, envelope: Letter.envelope())
            #expect(server.commands.last == "DATA")
            #expect(server.messages.map(\.text) == [Letter.text])
        }
    }

    private static let binary: [UInt8] =
        Array("Subject: b\r\n\r\n".utf8) + (0...255) + Array("\r\r\n\n.\n.\r\n".utf8) + [0, 13]

    private static func binaryEnvelope() throws -> Envelope {
        var envelope = try Letter.envelope()
        envelope.parameters.body = .require(.binaryMIME)
        return envelope
    }

    @Test("R3030-5 binary content arrives octet by octet", arguments: [["PIPELINING"], []])
    func binaryMIME(extensions: [String]) async throws {
        let offered = ["CHUNKING", "BINARYMIME", "SIZE 1000000"] + extensions
        try await Loopback.withSession(.init(extensions: offered)) { server, session in
            let receipt = try await session.send(.bytes(Self.binary), envelope: Self.binaryEnvelope())
            #expect(receipt.negotiation.usedChunking)
            #expect(server.messages.map(\.content) == [Self.binary])
            #expect(server.messages.first?.mailParameters["BODY"]?.value == "BINARYMIME")
            #expect(server.messages.first?.mailParameters["SIZE"]?.value == String(Self.binary.count))
            #expect(!server.commands.contains("DATA"))
        }
    }

    @Test(
        "R3030-5 binary content needs BINARYMIME and CHUNKING both, or nothing is sent",
        arguments: [["BINARYMIME"], ["CHUNKING"], ["8BITMIME"]]
    )
    func binaryNotOffered(extensions: [String]) async throws {
        try await Loopback.withSession(.init(extensions: extensions)) { server, session in
            let error = try await #require(throws: SMTPError.self) {
                try await session.send(.bytes(Self.binary), envelope: Self.binaryEnvelope())
            }
            #expect(error.code == .notSupported)
            try await Loopback.expectUsable(session)
            #expect(server.commands == ["EHLO client.example", "NOOP"])
        }
    }

    @Test(
        "R3030-7 R2033-2 in LMTP a reply for each recipient follows the last chunk, one each chunk before",
        arguments: Self.offers
    )
    func lmtp(extensions: [String]) async throws {
        let script: SMTPTestServer.Script = [.on(.lmtpRecipient(1, occurrence: 1), .reply("452 4.2.2 full"))]
        let configuration = SMTPTestServer.Configuration(
            flavour: .lmtp,
            extensions: extensions,
            script: script
        )
        try await Loopback.withSession(configuration, configure: Self.chunked) { server, session in
            let envelope = try Letter.envelope(to: ["a@y.example", "b@y.example", "c@y.example"])
            let first = try await session.send(.text(Self.large), envelope: envelope)
            #expect(first.recipients.map(\.code?.value) == [250, 452, 250])
            let second = try await session.send(Letter.content, envelope: envelope)
            #expect(second.recipients.map(\.code?.value) == [250, 250, 250])
            try await Loopback.expectUsable(session)
            #expect(server.messages.map(\.contentLength) == [Self.large.utf8.count, Letter.text.utf8.count])
        }
    }
}
