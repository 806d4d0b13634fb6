import AsyncSMTP
import Foundation
import SMTPTestServer
import Testing

/// A connection that carries eight messages, cut at an octet in either direction: the verdict about each agrees
/// with what the server stored, whether it went over this connection or was moved to the next.
@Suite("Pipelining: a connection cut with eight messages on it", .timeLimit(.minutes(5)))
struct PipelineTruthTests {
    /// How the messages are sent, and which of the octets are tried.
    struct Manner: Sendable, CustomTestStringConvertible {
        let name: String
        let flavour: Flavour
        let usesChunking: Bool
        let byTasks: Bool
        let retries: Bool
        /// First of the offsets, and the distance of the next.
        let phase: Int
        let step: Int

        var testDescription: String { self.name }

        /// Every octet takes a minute; without it the manners together try one in five.
        private static let triesEveryOffset = ProcessInfo.processInfo.environment["TEST_EVERY_OFFSET"] == "1"

        static let all: [Manner] = {
            var all: [Manner] = []
            for flavour in [Flavour.smtp, .lmtp] {
                for usesChunking in [false, true] {
                    for (variant, retries) in [false, false, true].enumerated() {
                        let byTasks = variant == 1
                        let isThorough = Self.triesEveryOffset && variant == 0
                        all.append(
                            Manner(
                                name: "\(flavour) \(usesChunking ? "BDAT" : "DATA")"
                                    + (byTasks ? ", by tasks" : ", together") + (retries ? ", retries" : ""),
                                flavour: flavour,
                                usesChunking: usesChunking,
                                byTasks: byTasks,
                                retries: retries,
                                phase: isThorough ? 0 : variant * 5,
                                step: isThorough ? 1 : 15
                            )
                        )
                    }
                }
            }
            return all
        }()
    }

    private static let recipients = ["one@example.net", "two@example.net"]

    @Test(
        "S-E8.1 R2920-3 the verdict about each agrees with the server",
        arguments: Manner.all,
        CuttingProxy.Direction.allCases
    )
    func everyOffset(_ manner: Manner, _ direction: CuttingProxy.Direction) async throws {
        let flavour: SMTPTestServer.Flavour = manner.flavour == .lmtp ? .lmtp : .smtp
        try await SMTPTestServer.withServer(.init(flavour: flavour)) { server in
            try await CuttingProxy.withProxy(to: server.port) { proxy in
                let endpoint = try SMTPServer(
                    host: "127.0.0.1",
                    port: proxy.port,
                    tls: .plaintext,
                    flavour: manner.flavour
                )
                let letters = try NumberedLetter.many(8, to: Self.recipients)
                let whole = try await self.send(letters, to: endpoint, manner)
                for result in whole { #expect(try result.get().accepted.count == 2) }
                try await server.waitForSessionsClosed(proxy.connectionCount)
                let record = try #require(server.sessions.first)
                let length = direction == .toServer ? record.receivedCount : record.sentCount
                for (round, offset) in stride(from: manner.phase, to: length, by: manner.step).enumerated() {
                    proxy.setCut(
                        .init(
                            direction: direction,
                            offset: offset,
                            manner: round % 2 == 0 ? .close : .reset,
                            isOnce: true
                        )
                    )
                    let letters = try NumberedLetter.many(8, from: 8 * (round + 1), to: Self.recipients)
                    let before = server.messageCount
                    let results = try await self.send(letters, to: endpoint, manner)
                    try await server.waitForSessionsClosed(proxy.connectionCount)
                    #expect(results.count == letters.count, "offset \(offset)")
                    let reckoning = Reckoning(server.messages.dropFirst(before))
                    for (letter, result) in zip(letters, results) {
                        let contradictions = reckoning.contradictions(result, of: letter)
                        #expect(contradictions == [], "offset \(offset)")
                        if manner.retries { self.expectNotLost(result, offset) }
                    }
                }
            }
        }
    }

    private func expectNotLost(_ result: Result<SendReceipt, SMTPError>, _ offset: Int) {
        let outcomes: [RecipientOutcome]
        switch result {
        case .success(let receipt): outcomes = receipt.recipients
        case .failure(let error): outcomes = error.recipients
        }
        #expect(
            outcomes.count == Self.recipients.count
                && outcomes.allSatisfy { $0.disposition == .accepted || $0.disposition == .unknown },
            "offset \(offset): \(result)"
        )
    }

    private func send(
        _ letters: [NumberedLetter],
        to endpoint: SMTPServer,
        _ manner: Manner
    ) async throws -> [Result<SendReceipt, SMTPError>] {
        var configuration = SMTPConfiguration()
        configuration.helloName = try HelloName("client.example.org")
        configuration.sending.usesChunking = manner.usesChunking
        if manner.retries {
            configuration.retryPolicy = RetryPolicy(backOff: BackOff(initial: .zero, maximum: .zero))
        }
        return try await SMTPClient.withClient(
            endpoint,
            configuration: configuration,
            pool: PoolConfiguration(maximumConnections: 1, backOff: nil)
        ) { client in
            manner.byTasks ? await client.sendByTasks(letters) : await client.sendTogether(letters)
        }
    }
}
