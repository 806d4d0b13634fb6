import AsyncSMTP
import Foundation
import Testing

/// Very many messages by one call, through Postfix.
@Suite("Postfix: fan-out", .realServer("TEST_POSTFIX_PORT"), .timeLimit(.minutes(5)))
struct PostfixFanOutTests {
    struct TimedOut: Error, CustomStringConvertible {
        let description: String
    }

    private static let count = 10_000
    /// Longest wait for deliveries behind the last reply.
    private static let patience = Duration.seconds(180)

    private let id = UUID().uuidString.lowercased()

    private func message(_ index: Int, domain: String) throws -> RawMessage {
        RawMessage(
            .text("Subject: \(index)\r\n\r\n.\r\nmessage \(index)\r\n"),
            envelope: try Envelope(
                from: "sender@client.example",
                to: ["fan-out-\(index)+\(self.id)@\(domain)"]
            )
        )
    }

    /// The file's message, by its number; nil for one of another test.
    private func index(of file: URL, domain: String) throws -> Int? {
        let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        let ending = "+\(self.id)@\(domain)"
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("Delivered-To: fan-out-") }),
            line.hasSuffix(ending)
        else { return nil }
        let number = line.dropFirst("Delivered-To: fan-out-".count).dropLast(ending.count)
        let index = try #require(Int(number))
        #expect(text.hasSuffix("Subject: \(index)\n\n.\nmessage \(index)\n"), "\(index)")
        return index
    }

    /// How often each message is stored, once so many files are there and Postfix has had every chance to store
    /// one twice.
    private func stored(domain: String) async throws -> [Int: Int] {
        let mail = URL(filePath: try RealServerVariable.value(of: "TEST_POSTFIX_MAIL_DIRECTORY"))
        // Every address without a mailbox of its own.
        let directory = mail.appending(path: "others").appending(path: "new")
        func names() -> [String] {
            (try? FileManager.default.contentsOfDirectory(atPath: directory.path())) ?? []
        }
        let clock = ContinuousClock()
        let deadline = clock.now.advanced(by: Self.patience)
        while names().count < Self.count {
            guard clock.now < deadline else {
                throw TimedOut(description: "Postfix delivered \(names().count) in \(Self.patience)")
            }
            // A message on its way behind them is what there is to wait for.
            _ = try await PostfixMessage.copies(of: [])
        }
        _ = try await PostfixMessage.copies(of: [])
        var stored: [Int: Int] = [:]
        for name in names() {
            if let index = try self.index(of: directory.appending(path: name), domain: domain) {
                stored[index, default: 0] += 1
            }
        }
        return stored
    }

    @Test("R2920-1 ten thousand messages, pipelined over four connections, are each stored exactly once")
    func tenThousand() async throws {
        let domain = try RealServerVariable.value(of: "TEST_POSTFIX_DOMAIN")
        var configuration = try SMTPConfiguration.forRealServers()
        configuration.sending.pipelining = .session
        var outcomes: Set<Int> = []
        try await SMTPClient.withClient(
            RealTLSPort.postfix.with(.plaintext).endpoint(),
            configuration: configuration,
            maximumConnections: 4
        ) { client in
            let stream = client.send(toEach: 0..<Self.count) { try self.message($0, domain: domain) }
            for await outcome in stream {
                #expect(outcomes.insert(outcome.index).inserted)
                #expect(outcome.receipt?.accepted.count == 1, "\(outcome)")
                #expect(outcome.receipt?.negotiation.pipelining == .session)
            }
        }
        #expect(outcomes == Set(0..<Self.count))
        let stored = try await self.stored(domain: domain)
        #expect(stored == Dictionary(uniqueKeysWithValues: (0..<Self.count).map { ($0, 1) }))
    }
}
