import SMTPTestServer
import Testing

@testable import AsyncSMTP

/// Several servers; the time for which one is set aside passes by hand.
@Suite("Client: several servers", .timeLimit(.minutes(2)))
struct FailoverTests {
    private static let message = RawMessage(Letter.content)
    private let time = ManualTime()

    /// Runs a test with two servers.
    private func withServers(
        first: SMTPTestServer.Configuration = .init(),
        second: SMTPTestServer.Configuration = .init(),
        order: ServerOrder = .ordered,
        policy: RetryPolicy = .none,
        _ body: (SMTPTestServer, SMTPTestServer, SMTPClient) async throws -> Void
    ) async throws {
        try await SMTPTestServer.withServer(first) { first in
            try await SMTPTestServer.withServer(second) { second in
                try await Loopback.withClient(
                    [try Loopback.place(of: first), try Loopback.place(of: second)],
                    order: order,
                    time: self.time,
                    configure: { $0.retryPolicy = policy }
                ) { client in try await body(first, second, client) }
            }
        }
    }

    @Test("the preferred server gets all as long as it works")
    func ordered() async throws {
        try await self.withServers { first, second, client in
            for _ in 0..<5 { try await client.send(Self.message) }
            for await outcome in client.send(contentsOf: Array(repeating: Self.message, count: 20)) {
                #expect(outcome.receipt != nil)
            }
            #expect(first.messageCount == 25)
            #expect(second.sessions.isEmpty)
        }
    }

    @Test("a server that cannot be reached: messages go to the next", arguments: [false, true])
    func unreachable(isBulk: Bool) async throws {
        let port = try await TestTransport.closedPort()
        let nowhere = try SMTPServer(host: "127.0.0.1", port: port, tls: .plaintext)
        try await SMTPTestServer.withServer { server in
            let places = [nowhere, try Loopback.place(of: server)]
            try await Loopback.withClient(places, time: self.time) { client in
                if isBulk {
                    let messages = Array(repeating: Self.message, count: 30)
                    for await outcome in client.send(contentsOf: messages) {
                        #expect(outcome.receipt != nil)
                    }
                } else {
                    for _ in 0..<3 { try await client.send(Self.message) }
                }
                #expect(server.messageCount == (isBulk ? 30 : 3))
                #expect(self.time.sleeps.isEmpty)
            }
        }
    }

    @Test("a server that failed is left alone for a while, and comes back")
    func comesBack() async throws {
        let script: SMTPTestServer.Script = [
            .on(.connect(occurrence: .first(2)), .reply("421 4.3.2 not now"), .close)
        ]
        try await self.withServers(first: .init(script: script)) { first, second, client in
            let receipt = try await client.send(Self.message)
            #expect(receipt.accepted.count == 1)
            #expect(first.sessions.count == 1)
            #expect(second.messageCount == 1)
            // Set aside for 10 s, of which up to half is random: no attempt.
            try await client.send(Self.message)
            #expect(first.sessions.count == 1)
            #expect(second.messageCount == 2)
            // Its time is over; it fails once more, and is set aside for 20 s.
            self.time.advance(by: .seconds(10))
            try await client.send(Self.message)
            #expect(first.sessions.count == 2)
            #expect(second.messageCount == 3)
            self.time.advance(by: .seconds(9))
            try await client.send(Self.message)
            #expect(first.sessions.count == 2)
            #expect(second.messageCount == 4)
            self.time.advance(by: .seconds(11))
            try await client.send(Self.message)
            try await client.send(Self.message)
            #expect(first.messageCount == 2)
            #expect(second.messageCount == 4)
        }
    }

    @Test("421 in place of the greeting, 421 to MAIL, and a connection that goes: the next server")
    func movesOn() async throws {
        let faults: [SMTPTestServer.Rule] = [
            .on(.connect, .reply("421 4.3.2 not now"), .close),
            .on(.connect, .reply("554 no"), .close),
            .on(.connect, .close),
            .on(.command("EHLO"), .close),
            .on(.command("MAIL"), .reply("421 4.3.2 going down"), .close),
            .on(.command("RCPT"), .close),
        ]
        for fault in faults {
            try await self.withServers(first: .init(script: .init([fault]))) { first, second, client in
                let receipt = try await client.send(Self.message)
                #expect(receipt.accepted.count == 1)
                #expect(first.messageCount == 0)
                #expect(second.messageCount == 1)
            }
        }
    }

    @Test(
        "a refusal is the answer, whichever server gives it",
        arguments: ["MAIL", "RCPT", "DATA"],
        ["550 5.7.1 no", "451 4.3.0 later"]
    )
    func refused(verb: String, reply: String) async throws {
        let script: SMTPTestServer.Script = [.on(.command(verb), .reply(reply))]
        try await self.withServers(first: .init(script: script)) { first, second, client in
            let error = await #expect(throws: SMTPError.self) { try await client.send(Self.message) }
            #expect(error?.reply?.code.value == Int(reply.prefix(3)) || error?.recipients.first?.code != nil)
            #expect(second.sessions.isEmpty)
        }
    }

    @Test("what may have been accepted does not go to the next server")
    func unknown() async throws {
        let script: SMTPTestServer.Script = [.on(.endOfContent, .store, .close)]
        try await self.withServers(first: .init(script: script)) { first, second, client in
            let error = await #expect(throws: SMTPError.self) { try await client.send(Self.message) }
            #expect(error?.acceptance == .unknown)
            #expect(first.messageCount == 1)
            #expect(second.sessions.isEmpty)
        }
    }

    @Test("weights: each gets its share, and one with the weight 0 only what no other can take")
    func weighted() async throws {
        try await self.withServers(order: .weighted([1, 1])) { first, second, client in
            for _ in 0..<100 { try await client.send(Self.message) }
            // One in 2^80 runs or so has fewer than this.
            #expect(first.messageCount > 5)
            #expect(second.messageCount > 5)
            #expect(first.messageCount + second.messageCount == 100)
        }
        try await self.withServers(order: .weighted([0, 3])) { first, second, client in
            for _ in 0..<20 { try await client.send(Self.message) }
            #expect(first.sessions.isEmpty)
            #expect(second.messageCount == 20)
        }
        let down: SMTPTestServer.Script = [.on(.connect, .reply("421 4.3.2 not now"), .close)]
        try await self.withServers(second: .init(script: down), order: .weighted([0, 3])) {
            first,
            second,
            client in
            for _ in 0..<5 { try await client.send(Self.message) }
            #expect(first.messageCount == 5)
            #expect(second.sessions.count == 1)
        }
    }

    @Test("all are down: the error of the last, and each was tried once")
    func allDown() async throws {
        let first: SMTPTestServer.Script = [.on(.connect, .reply("421 4.3.2 first"), .close)]
        let second: SMTPTestServer.Script = [.on(.connect, .reply("421 4.3.2 second"), .close)]
        try await self.withServers(first: .init(script: first), second: .init(script: second)) {
            first,
            second,
            client in
            let error = await #expect(throws: SMTPError.self) { try await client.send(Self.message) }
            #expect(error?.code == .greetingRefused)
            #expect(error?.reply?.text.contains("second") == true)
            #expect(error?.acceptance != .unknown)
            #expect(first.sessions.count == 1)
            #expect(second.sessions.count == 1)
        }
    }

    @Test("a retry policy begins again at the preferred server once its time is over")
    func policy() async throws {
        let down: SMTPTestServer.Script = [
            .on(.connect(occurrence: 1), .reply("421 4.3.2 not now"), .close)
        ]
        var policy = RetryPolicy.standard
        policy.backOff = BackOff(initial: .seconds(30), jitter: 0)
        try await self.withServers(
            first: .init(script: down),
            second: .init(script: down),
            policy: policy
        ) { first, second, client in
            let receipt = try await client.send(Self.message)
            #expect(receipt.accepted.count == 1)
            #expect(self.time.sleeps == [.seconds(30)])
            #expect(first.messageCount == 1)
            #expect(first.sessions.count == 2)
            #expect(second.sessions.count == 1)
        }
    }
}
