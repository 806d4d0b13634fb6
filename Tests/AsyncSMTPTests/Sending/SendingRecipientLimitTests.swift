import AsyncSMTP
import SMTPTestServer
import Synchronization
import Testing

/// More recipients than a server takes at a time.
@Suite("Recipient limits")
struct SendingRecipientLimitTests {
    private static func recipients(_ count: Int) -> [String] {
        (0..<count).map { "user\($0)@example.net" }
    }

    @Test(
        "Q48 R5321-4.5.3.1.8-1 R5321-4.5.3.1.10-1 a thousand recipients, a hundred at a time, one receipt",
        arguments: PipeliningLevel.allCases
    )
    func hundredAtATime(level: PipeliningLevel) async throws {
        let recipients = Self.recipients(1000)
        let configure: (inout SMTPConfiguration) -> Void = { $0.sending.pipelining = level }
        try await Loopback.withSession(.init(maximumRecipients: 100), configure: configure) {
            server,
            session in
            let receipt = try await session.send(Letter.content, envelope: Letter.envelope(to: recipients))
            #expect(receipt.transactions == 10)
            #expect(receipt.refused.isEmpty)
            #expect(receipt.accepted.map(\.recipient.description) == recipients.map { "<\($0)>" })
            #expect(server.messages.map(\.recipients.count) == Array(repeating: 100, count: 10))
            #expect(server.messages.flatMap(\.addresses) == recipients)
            #expect(server.messages.allSatisfy { $0.text == Letter.text })
            #expect(server.sessions.count == 1)
        }
    }

    /// A server that answers every RCPT beyond `limit` of one transaction by `reply`.
    private static func script(limit: Int, reply: String) -> SMTPTestServer.Script {
        // Held by the closure only; a class, because a Mutex cannot be captured.
        final class Counter: Sendable {
            let count = Mutex(0)
        }
        let counter = Counter()
        return SMTPTestServer.Script { event in
            guard case .command(let verb, _) = event.kind else { return nil }
            let count = counter.count.withLock { count in
                if verb == "MAIL" { count = 0 }
                if verb == "RCPT" { count += 1 }
                return count
            }
            return verb == "RCPT" && count > limit ? [.reply(reply)] : nil
        }
    }

    @Test(
        "Q48 R5321-4.5.3.1.10-1 what means too many recipients",
        arguments: ["452 4.5.3 too many", "452 too many", "552 5.5.3 too many", "552 too many"],
        PipeliningLevel.allCases
    )
    func tooMany(reply: String, level: PipeliningLevel) async throws {
        let recipients = Self.recipients(7)
        let configuration = SMTPTestServer.Configuration(script: Self.script(limit: 3, reply: reply))
        let configure: (inout SMTPConfiguration) -> Void = { $0.sending.pipelining = level }
        try await Loopback.withSession(configuration, configure: configure) { server, session in
            let receipt = try await session.send(Letter.content, envelope: Letter.envelope(to: recipients))
            #expect(receipt.transactions == 3)
            #expect(receipt.refused.isEmpty)
            #expect(server.messages.map(\.recipients.count) == [3, 3, 1])
            #expect(server.messages.flatMap(\.addresses) == recipients)
        }
    }

    @Test(
        "Q48 other refusals by the same codes stay refusals",
        arguments: ["452 4.2.2 mailbox full", "552 5.2.2 mailbox full", "451 4.5.3 no", "550 5.5.3 no"]
    )
    func otherRefusal(reply: String) async throws {
        let configuration = SMTPTestServer.Configuration(script: Self.script(limit: 1, reply: reply))
        try await Loopback.withSession(configuration) { server, session in
            let envelope = try Letter.envelope(to: Self.recipients(2))
            let receipt = try await session.send(Letter.content, envelope: envelope)
            #expect(receipt.transactions == 1)
            #expect(receipt.refused.map { $0.reply?.description } == [reply])
            #expect(server.messageCount == 1)
        }
    }

    @Test("Q48 452 to the first recipient is a refusal and no reason to go on for ever")
    func noneAtAll() async throws {
        try await Loopback.withSession(.init(maximumRecipients: 0)) { server, session in
            let envelope = try Letter.envelope(to: Self.recipients(2))
            let error = try await #require(throws: SMTPError.self) {
                try await session.send(Letter.content, envelope: envelope)
            }
            #expect(error.code == .recipientsRefused)
            #expect(error.acceptance == .refusedTemporarily)
            #expect(error.recipients.map(\.disposition) == [.refusedTemporarily, .refusedTemporarily])
            #expect(server.commands.count { $0.hasPrefix("MAIL") } == 1)
        }
    }

    @Test(
        "Q48 content that can be read once goes to those of the first transaction; the receipt tells the rest"
    )
    func readOnce() async throws {
        let chunks = AsyncStream<[UInt8]> { continuation in
            continuation.yield(Array(Letter.text.utf8))
            continuation.finish()
        }
        try await Loopback.withSession(.init(maximumRecipients: 2)) { server, session in
            let envelope = try Letter.envelope(to: Self.recipients(3))
            let receipt = try await session.send(.stream(chunks), envelope: envelope)
            #expect(receipt.recipients.map(\.disposition) == [.accepted, .accepted, .refusedTemporarily])
            #expect(receipt.refused.map(\.code) == [.insufficientStorage])
            #expect(server.messages.map(\.text) == [Letter.text])
        }
    }

    @Test(
        "Q48 content that can be read once, divided by a limit known before: nobody is forgotten"
    )
    func readOnceWithKnownLimit() async throws {
        let chunks = AsyncStream<[UInt8]> { continuation in
            continuation.yield(Array(Letter.text.utf8))
            continuation.finish()
        }
        try await Loopback.withSession(.init(extensions: ["LIMITS RCPTMAX=2"])) { server, session in
            let envelope = try Letter.envelope(to: Self.recipients(3))
            do {
                let receipt = try await session.send(.stream(chunks), envelope: envelope)
                #expect(receipt.recipients.map(\.disposition) == [.accepted, .accepted, .notAccepted])
                #expect(server.messages.map(\.recipients.count) == [2])
            } catch let error as SMTPError {
                // To refuse it all is an answer too, but then nobody may have got it.
                #expect(error.acceptance == .notAccepted)
                #expect(server.messageCount == 0)
            }
        }
    }

    @Test("Q48 what cannot be asked of the last recipient is found before the first transaction")
    func lastPortionNotSupported() async throws {
        var envelope = try Letter.envelope(to: Self.recipients(3))
        envelope.recipients[2].parameters.notify = .require(.never)
        try await Loopback.withSession(.init(extensions: ["LIMITS RCPTMAX=1"])) { server, session in
            let error = try await #require(throws: SMTPError.self) {
                try await session.send(Letter.content, envelope: envelope)
            }
            #expect(error.code == .notSupported)
            #expect(error.acceptance == .notAccepted)
            #expect(server.commands == ["EHLO client.example"])
        }
    }

    @Test(
        "Q48 a later transaction that fails leaves the earlier ones accepted, and the receipt says so"
    )
    func laterTransactionFails() async throws {
        let script: SMTPTestServer.Script = [
            .on(.command("MAIL", occurrence: 2), .reply("451 4.3.0 not now"))
        ]
        let configuration = SMTPTestServer.Configuration(extensions: ["LIMITS RCPTMAX=2"], script: script)
        try await Loopback.withSession(configuration) { server, session in
            let receipt = try await session.send(
                Letter.content,
                envelope: Letter.envelope(to: Self.recipients(5))
            )
            let expected: [RecipientOutcome.Disposition] = [
                .accepted, .accepted, .refusedTemporarily, .refusedTemporarily, .notAccepted,
            ]
            #expect(receipt.recipients.map(\.disposition) == expected)
            #expect(server.messages.map(\.recipients.count) == [2])
        }
    }

    @Test("Q48 a connection lost in a later transaction: the error says who has the message and who has not")
    func connectionLostLater() async throws {
        let script: SMTPTestServer.Script = [.on(.command("MAIL", occurrence: 2), .close)]
        let configuration = SMTPTestServer.Configuration(extensions: ["LIMITS RCPTMAX=2"], script: script)
        try await Loopback.withSession(configuration) { _, session in
            let error = try await #require(throws: SMTPError.self) {
                try await session.send(Letter.content, envelope: Letter.envelope(to: Self.recipients(5)))
            }
            #expect(error.acceptance == .partly)
            let expected: [RecipientOutcome.Disposition] = [
                .accepted, .accepted, .notAccepted, .notAccepted, .notAccepted,
            ]
            #expect(error.recipients.map(\.disposition) == expected)
        }
    }

    @Test("Q48 the caller's own limit divides recipients too", arguments: PipeliningLevel.allCases)
    func ownLimit(level: PipeliningLevel) async throws {
        var options = SendOptions()
        options.maximumRecipients = 2
        options.pipelining = level
        try await Loopback.withSession { server, session in
            let envelope = try Letter.envelope(to: Self.recipients(5))
            let receipt = try await session.send(Letter.content, envelope: envelope, options: options)
            #expect(receipt.transactions == 3)
            #expect(server.messages.map(\.recipients.count) == [2, 2, 1])
        }
    }

    @Test("R9422-2 RCPTMAX is obeyed without being told by 452", arguments: PipeliningLevel.allCases)
    func recipientMaximum(level: PipeliningLevel) async throws {
        let recipients = Self.recipients(7)
        let configure: (inout SMTPConfiguration) -> Void = { $0.sending.pipelining = level }
        try await Loopback.withSession(
            .init(extensions: ["PIPELINING", "LIMITS RCPTMAX=3"]),
            configure: configure
        ) {
            server,
            session in
            let receipt = try await session.send(Letter.content, envelope: Letter.envelope(to: recipients))
            #expect(receipt.transactions == 3)
            #expect(server.messages.map(\.recipients.count) == [3, 3, 1])
            #expect(server.commands.count { $0.hasPrefix("RCPT") } == 7)
        }
    }

    @Test("R9422-2 RCPTDOMAINMAX is obeyed: no transaction has more domains")
    func domainMaximum() async throws {
        let recipients = [
            "a@one.example", "b@two.example", "c@ONE.example", "d@three.example", "e@three.example",
        ]
        try await Loopback.withSession(.init(extensions: ["LIMITS RCPTDOMAINMAX=2"])) { server, session in
            let receipt = try await session.send(Letter.content, envelope: Letter.envelope(to: recipients))
            #expect(receipt.refused.isEmpty)
            for message in server.messages {
                let domains = Set(
                    message.addresses.compactMap { $0.split(separator: "@").last?.lowercased() }
                )
                #expect(domains.count <= 2)
            }
            #expect(server.messages.flatMap(\.recipients).count == 5)
        }
    }

    @Test("R9422-2 MAILMAX is obeyed by a client: a new connection after so many transactions")
    func transactionMaximum() async throws {
        try await Loopback.withClient(.init(extensions: ["LIMITS MAILMAX=2"]), maximumConnections: 1) {
            server,
            client in
            for _ in 0..<5 { try await client.send(RawMessage(Letter.content)) }
            #expect(server.sessions.count == 3)
            let counts = server.sessions.map { $0.commands.count { $0.hasPrefix("MAIL") } }
            #expect(counts == [2, 2, 1])
        }
    }

    @Test("R9422-2 a session does not exceed MAILMAX; the receipt says who got nothing")
    func sessionMaximum() async throws {
        let extensions = ["LIMITS MAILMAX=2 RCPTMAX=1"]
        try await Loopback.withSession(.init(extensions: extensions)) { server, session in
            let envelope = try Letter.envelope(to: Self.recipients(3))
            let receipt = try await session.send(Letter.content, envelope: envelope)
            #expect(receipt.recipients.map(\.disposition) == [.accepted, .accepted, .notAccepted])
            let error = try await #require(throws: SMTPError.self) {
                try await session.send(Letter.content, envelope: Letter.envelope())
            }
            #expect(error.acceptance == .notAccepted)
            #expect(server.commands.count { $0.hasPrefix("MAIL") } == 2)
        }
    }

    @Test("R9422-2 Q48 one message that needs more transactions than MAILMAX goes on over another connection")
    func transactionMaximumWithinOneMessage() async throws {
        let extensions = ["LIMITS MAILMAX=2 RCPTMAX=1"]
        try await Loopback.withClient(.init(extensions: extensions), maximumConnections: 1) {
            server,
            client in
            let envelope = try Letter.envelope(to: Self.recipients(5))
            let receipt = try await client.send(RawMessage(Letter.content, envelope: envelope))
            #expect(receipt.recipients.map(\.disposition) == Array(repeating: .accepted, count: 5))
            #expect(server.messages.flatMap(\.addresses).sorted() == Self.recipients(5))
        }
    }
}
