import AsyncSMTP
import Foundation
import Testing

@Suite("Real servers: command groups", .realServers, .serialized, .timeLimit(.minutes(20)))
struct RealServerGroupingTests {
    @Test(
        "R2920-1 at every level the same message is stored for all recipients, by DATA",
        arguments: RealServer.allCases,
        PipeliningLevel.allCases
    )
    func data(server: RealServer, level: PipeliningLevel) async throws {
        var options = SendOptions()
        options.pipelining = level
        try await self.send(to: server, options)
    }

    @Test(
        "R3030-2 R3030-7 at every level the same message is stored for all recipients, by BDAT",
        arguments: RealServer.chunking,
        PipeliningLevel.allCases
    )
    func chunks(server: RealServer, level: PipeliningLevel) async throws {
        var options = SendOptions()
        options.pipelining = level
        options.usesChunking = true
        try await self.send(to: server, options)
    }

    private func send(to server: RealServer, _ options: SendOptions) async throws {
        let messages = [RealMessage(to: "a"), RealMessage(to: "b", "c"), RealMessage(to: "d", "e", "f")]
        let line = String(repeating: "x", count: 70)
        // Content of several pieces, so that BDAT takes several chunks.
        let content = Data(
            ("Subject: groups\r\n\r\n" + String(repeating: ".\(line)\r\n", count: 4_000)).utf8
        )
        try await SMTPSession.withSession(to: server.endpoint(), configuration: .forRealServers()) {
            session in
            for message in messages {
                let receipt = try await session.send(
                    .bytes(content),
                    envelope: message.envelope(),
                    options: options
                )
                #expect(receipt.accepted.map(\.recipient.description) == message.recipients.map { "<\($0)>" })
                let negotiation = receipt.negotiation
                let level = min(options.pipelining, .transaction)
                #expect(negotiation.pipelining == (server.offersPipelining ? level : .disabled))
                #expect(negotiation.usedChunking == options.usesChunking)
                #expect(negotiation.flavour == server.flavour)
                #expect(await !session.distrustsPipelining)
            }
        }
        for message in messages { try server.expectStored(message, wire: content) }
    }

    @Test("100 messages of a task group are each stored exactly once", arguments: RealServer.allCases)
    func hundred(server: RealServer) async throws {
        let messages = (0..<100).map { _ in RealMessage() }
        func content(_ index: Int) -> Data {
            Data("Subject: \(index)\r\n\r\n.\r\nmessage \(index)\r\n".utf8)
        }
        try await SMTPClient.withClient(server.endpoint(), configuration: .forRealServers()) { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, message) in messages.enumerated() {
                    group.addTask {
                        let raw = RawMessage(.bytes(content(index)), envelope: try message.envelope())
                        #expect(try await client.send(raw).accepted.count == 1)
                    }
                }
                try await group.waitForAll()
            }
        }
        for (index, message) in messages.enumerated() {
            try server.expectStored(message, wire: content(index))
        }
    }
}
