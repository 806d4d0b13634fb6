import AsyncSMTP
import SMTPTestServer
import Testing

/// A good session cut at every octet, in either direction: what the client reports agrees with what the
/// server stored.
@Suite("A connection cut at every octet")
struct CutConnectionTests {
    /// How the message is sent.
    struct Manner: Sendable, CustomTestStringConvertible {
        let name: String
        let flavour: Flavour
        let pipelining: PipeliningLevel
        let usesChunking: Bool

        var testDescription: String { self.name }

        static let all = [
            Manner(name: "SMTP in lock-step", flavour: .smtp, pipelining: .disabled, usesChunking: false),
            Manner(name: "SMTP, one group", flavour: .smtp, pipelining: .transaction, usesChunking: false),
            Manner(name: "SMTP, BDAT", flavour: .smtp, pipelining: .transaction, usesChunking: true),
            Manner(name: "LMTP, one group", flavour: .lmtp, pipelining: .transaction, usesChunking: false),
            Manner(name: "LMTP, BDAT", flavour: .lmtp, pipelining: .transaction, usesChunking: true),
        ]
    }

    @Test(
        "S-E8.1 R5321-3.8-2 R5321-6.1-1 R2033-5 the verdict agrees with the server",
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
                let length = try await self.octetsOfOneSession(server, endpoint, manner, direction)
                for offset in 0..<length {
                    let cutManner: CuttingProxy.Manner = offset % 2 == 0 ? .close : .reset
                    proxy.setCut(.init(direction: direction, offset: offset, manner: cutManner))
                    try await self.sendOnce(through: endpoint, manner, server, number: offset)
                }
            }
        }
    }

    private static let recipients = ["one@example.net", "two@example.net", "three@example.net"]

    private func octetsOfOneSession(
        _ server: SMTPTestServer,
        _ endpoint: SMTPServer,
        _ manner: Manner,
        _ direction: CuttingProxy.Direction
    ) async throws -> Int {
        try await self.send(through: endpoint, manner, number: -1)
        try await server.waitForSessionsClosed(1)
        let record = try #require(server.sessions.first)
        return direction == .toServer ? record.receivedCount : record.sentCount
    }

    @discardableResult
    private func send(through endpoint: SMTPServer, _ manner: Manner, number: Int) async throws -> SendReceipt
    {
        var configuration = SMTPConfiguration()
        configuration.helloName = try HelloName("client.example.org")
        configuration.sending.pipelining = manner.pipelining
        configuration.sending.usesChunking = manner.usesChunking
        let message = RawMessage(
            .text("Subject: \(number)\r\n\r\n.dot\r\nend\r\n"),
            envelope: try Envelope(from: "sender@example.org", to: Self.recipients)
        )
        return try await SMTPClient.send(message, through: endpoint, configuration: configuration)
    }

    private func sendOnce(
        through endpoint: SMTPServer,
        _ manner: Manner,
        _ server: SMTPTestServer,
        number: Int
    ) async throws {
        let before = server.messageCount
        let closed = server.sessions.count
        var outcomes: [RecipientOutcome] = []
        do {
            outcomes = try await self.send(through: endpoint, manner, number: number).recipients
        } catch let error as SMTPError {
            outcomes = error.recipients
            if outcomes.isEmpty { #expect(error.acceptance == .notAccepted, "offset \(number)") }
        }
        try await server.waitForSessionsClosed(closed + 1)
        let stored = server.messages.dropFirst(before).flatMap { $0.recipients.map(\.address) }
        for outcome in outcomes {
            let address = outcome.recipient.address?.wireForm ?? ""
            switch outcome.disposition {
            case .accepted: #expect(stored.contains(address), "offset \(number): \(outcome)")
            case .unknown: break
            case .notAccepted, .refusedTemporarily, .refusedPermanently:
                #expect(!stored.contains(address), "offset \(number): \(outcome)")
            }
        }
        if outcomes.isEmpty { #expect(stored.isEmpty, "offset \(number)") }
    }
}
