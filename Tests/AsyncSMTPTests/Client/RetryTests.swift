import SMTPTestServer
import Testing

@testable import AsyncSMTP

/// What a client does with a retry policy, through a server; time passes when it sleeps.
@Suite("Client: trying again", .timeLimit(.minutes(2)))
struct RetryTests {
    private static let message = RawMessage(Letter.content)
    private let time = ManualTime()

    private func withClient(
        _ script: SMTPTestServer.Script,
        policy: RetryPolicy = .standard,
        extensions: [String]? = nil,
        configure: (inout SMTPConfiguration) -> Void = { _ in },
        _ body: (SMTPTestServer, SMTPClient) async throws -> Void
    ) async throws {
        var configuration = SMTPTestServer.Configuration(script: script)
        if let extensions { configuration.extensions = extensions }
        try await SMTPTestServer.withServer(configuration) { server in
            try await Loopback.withClient(
                [try Loopback.place(of: server)],
                time: self.time,
                configure: {
                    $0.retryPolicy = policy
                    configure(&$0)
                }
            ) { client in try await body(server, client) }
        }
    }

    private static func send(_ client: SMTPClient, _ message: RawMessage, _ isBulk: Bool) async -> Result<
        SendReceipt, SMTPError
    > {
        guard isBulk else {
            do throws(SMTPError) { return .success(try await client.send(message)) } catch {
                return .failure(error)
            }
        }
        var result: Result<SendReceipt, SMTPError>?
        for await outcome in client.send(contentsOf: [message]) { result = outcome.result }
        return result ?? .failure(SMTPError(.invalidArgument, "no outcome", stage: .preparation))
    }

    @Test("Q55 greylisting: 451 to RCPT, accepted later", arguments: [false, true])
    func greylisting(isBulk: Bool) async throws {
        let script: SMTPTestServer.Script = [
            .on(.command("RCPT", occurrence: .first(2)), .reply("451 4.7.1 greylisted"))
        ]
        try await self.withClient(script) { server, client in
            let receipt = try await Self.send(client, Self.message, isBulk).get()
            #expect(receipt.accepted.count == 1)
            #expect(server.messageCount == 1)
            #expect(self.time.sleeps.count == 2)
            // 1 s and 2 s, of which up to half is random.
            #expect((.milliseconds(500)...(.seconds(1))).contains(self.time.sleeps[0]))
            #expect((.seconds(1)...(.seconds(2))).contains(self.time.sleeps[1]))
        }
    }

    @Test(
        "Q42 421 in place of a reply to MAIL, RCPT or DATA",
        arguments: ["MAIL", "RCPT", "DATA"],
        [false, true]
    )
    func closing(verb: String, isBulk: Bool) async throws {
        let script: SMTPTestServer.Script = [
            .on(.command(verb, occurrence: 1), .reply("421 4.3.2 going down"), .close)
        ]
        try await self.withClient(script) { server, client in
            let receipt = try await Self.send(client, Self.message, isBulk).get()
            #expect(receipt.accepted.count == 1)
            #expect(server.messageCount == 1)
            #expect(server.sessions.count == 2)
            #expect(self.time.sleeps.count == 1)
        }
    }

    @Test("Q57 454 in place of the final reply is tried again", arguments: [false, true])
    func throttled(isBulk: Bool) async throws {
        let script: SMTPTestServer.Script = [
            .on(
                .endOfContent(occurrence: 1),
                .reply("454 Throttling failure: Maximum sending rate exceeded")
            )
        ]
        try await self.withClient(script) { server, client in
            let receipt = try await Self.send(client, Self.message, isBulk).get()
            #expect(receipt.accepted.count == 1)
            #expect(server.messageCount == 1)
        }
    }

    @Test("Q55 only who was refused is offered again, with one receipt for all", arguments: [false, true])
    func partly(isBulk: Bool) async throws {
        let script: SMTPTestServer.Script = [
            .on(
                .command("RCPT", occurrence: .first(2), where: { $0.contains("bob@") }),
                .reply("450 4.2.0 busy")
            ),
            .on(.command("RCPT", where: { $0.contains("eve@") }), .reply("550 5.1.1 unknown")),
        ]
        let recipients = ["ann@example.net", "bob@example.net", "eve@example.net"]
        let message = RawMessage(Letter.content, envelope: try Letter.envelope(to: recipients))
        try await self.withClient(script) { server, client in
            let receipt = try await Self.send(client, message, isBulk).get()
            #expect(receipt.recipients.map(\.recipient.description) == recipients.map { "<\($0)>" })
            #expect(
                receipt.recipients.map(\.disposition) == [.accepted, .accepted, .refusedPermanently]
            )
            // Ann by the first, none by the second, Bob by the third, in which nobody else was named.
            #expect(receipt.transactions == 2)
            #expect(server.messages.map(\.addresses) == [["ann@example.net"], ["bob@example.net"]])
            let offered = server.sessions.flatMap(\.commands).filter { $0.hasPrefix("RCPT") }
            #expect(offered.count == 5)
            #expect(offered.filter { $0.contains("bob@") }.count == 3)
        }
    }

    @Test(
        "what may have been accepted is not sent again unless that is wanted",
        arguments: [false, true],
        [false, true]
    )
    func unknown(isWanted: Bool, isBulk: Bool) async throws {
        let script: SMTPTestServer.Script = [.on(.endOfContent(occurrence: 1), .store, .close)]
        var policy = RetryPolicy.standard
        policy.retriesUnknownAcceptance = isWanted
        try await self.withClient(script, policy: policy) { server, client in
            let result = await Self.send(client, Self.message, isBulk)
            switch result {
            case .success: #expect(isWanted)
            case .failure(let error):
                #expect(!isWanted)
                #expect(error.acceptance == .unknown)
            }
            #expect(server.messageCount == (isWanted ? 2 : 1))
            #expect(self.time.sleeps.count == (isWanted ? 1 : 0))
        }
    }

    @Test("four attempts exactly, and the last reply", arguments: [false, true])
    func attempts(isBulk: Bool) async throws {
        let script: SMTPTestServer.Script = [.on(.command("MAIL"), .reply("451 4.3.0 later"))]
        try await self.withClient(script) { server, client in
            let result = await Self.send(client, Self.message, isBulk)
            let error = #expect(throws: SMTPError.self) { try result.get() }
            #expect(error?.code == .senderRefused)
            #expect(error?.acceptance == .refusedTemporarily)
            #expect(server.sessions.flatMap(\.commands).filter { $0.hasPrefix("MAIL") }.count == 4)
            #expect(self.time.sleeps.count == 3)
        }
    }

    @Test("a delay that would end behind the deadline is not begun")
    func deadline() async throws {
        let script: SMTPTestServer.Script = [.on(.command("MAIL"), .reply("451 4.3.0 later"))]
        var policy = RetryPolicy(maximumAttempts: 100, deadline: .seconds(10))
        policy.backOff = BackOff(initial: .seconds(3), multiplier: 1, jitter: 0)
        try await self.withClient(script, policy: policy) { server, client in
            let error = await #expect(throws: SMTPError.self) { try await client.send(Self.message) }
            #expect(error?.acceptance == .refusedTemporarily)
            #expect(self.time.sleeps == [.seconds(3), .seconds(3), .seconds(3)])
            #expect(server.sessions.flatMap(\.commands).filter { $0.hasPrefix("MAIL") }.count == 4)
        }
    }

    @Test("a refusal for good is never repeated", arguments: ["MAIL", "RCPT", "DATA"], [false, true])
    func permanent(verb: String, isBulk: Bool) async throws {
        let script: SMTPTestServer.Script = [.on(.command(verb), .reply("554 5.7.1 no"))]
        try await self.withClient(script) { server, client in
            let result = await Self.send(client, Self.message, isBulk)
            let error = #expect(throws: SMTPError.self) { try result.get() }
            #expect(error?.acceptance == .refusedPermanently)
            #expect(server.sessions.flatMap(\.commands).filter { $0.hasPrefix("MAIL") }.count == 1)
            #expect(self.time.sleeps.isEmpty)
        }
    }

    @Test("by default nothing is tried again", arguments: [false, true])
    func none(isBulk: Bool) async throws {
        let script: SMTPTestServer.Script = [.on(.command("RCPT"), .reply("450 4.2.0 busy"))]
        try await self.withClient(script, policy: SMTPConfiguration().retryPolicy) { server, client in
            let result = await Self.send(client, Self.message, isBulk)
            let error = #expect(throws: SMTPError.self) { try result.get() }
            #expect(error?.acceptance == .refusedTemporarily)
            #expect(server.sessions.flatMap(\.commands).filter { $0.hasPrefix("RCPT") }.count == 1)
            #expect(self.time.sleeps.isEmpty)
        }
    }

    @Test("Q56 a rule decides for a reply: 554 5.2.0 of a full quota is tried again, as late as it says")
    func rule() async throws {
        let script: SMTPTestServer.Script = [
            .on(.endOfContent(occurrence: 1), .reply("554 5.2.0 SubmissionQuotaExceededException"))
        ]
        var policy = RetryPolicy.standard
        policy.rules = [try RetryRule("554 5.2.0", .retryAfter(atLeast: .seconds(300)))]
        try await self.withClient(script, policy: policy) { server, client in
            let receipt = try await client.send(Self.message)
            #expect(receipt.accepted.count == 1)
            #expect(self.time.sleeps == [.seconds(300)])
            #expect(server.messageCount == 1)
        }
    }

    @Test("Q43 451 4.4.2 on the final dot is tried again at once")
    func idleTimeout() async throws {
        let script: SMTPTestServer.Script = [
            .on(
                .endOfContent(occurrence: 1),
                .reply("451 4.4.2 Timeout waiting for data from client."),
                .close
            )
        ]
        try await self.withClient(script) { server, client in
            let receipt = try await client.send(Self.message)
            #expect(receipt.accepted.count == 1)
            #expect(self.time.sleeps.isEmpty)
            #expect(server.messageCount == 1)
            #expect(server.sessions.count == 2)
        }
    }

    @Test("a stream that can be read once is not sent again")
    func stream() async throws {
        let script: SMTPTestServer.Script = [.on(.endOfContent, .reply("451 4.3.0 later"))]
        let chunks = AsyncStream<[UInt8]> {
            $0.yield(Array(Letter.text.utf8))
            $0.finish()
        }
        let message = RawMessage(.stream(chunks), envelope: try Letter.envelope())
        try await self.withClient(script) { server, client in
            let error = await #expect(throws: SMTPError.self) { try await client.send(message) }
            #expect(error?.acceptance == .refusedTemporarily)
            #expect(server.sessions.flatMap(\.commands).filter { $0.hasPrefix("MAIL") }.count == 1)
        }
    }

    @Test("many messages that are cancelled do not wait for their next attempt")
    func cancelled() async throws {
        let script: SMTPTestServer.Script = [.on(.command("MAIL"), .reply("451 4.3.0 later"))]
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            var policy = RetryPolicy.standard
            policy.backOff = BackOff(initial: .seconds(600), maximum: .seconds(600), jitter: 0)
            let configuration = try Loopback.configuration { $0.retryPolicy = policy }
            try await SMTPClient.withClient(try Loopback.place(of: server), configuration: configuration) {
                client in
                let task = Task {
                    var errors: [SMTPError?] = []
                    let stream = client.send(contentsOf: Array(repeating: Self.message, count: 3))
                    for await outcome in stream { errors.append(outcome.error) }
                    return errors
                }
                try await server.waitForCommand("MAIL", count: 3)
                task.cancel()
                let errors = await task.value
                #expect(errors.count == 3)
                #expect(errors.allSatisfy { $0?.retryAdvice != .mayDuplicate })
            }
        }
    }
}
