import InMemoryLogging
import InMemoryTracing
import Logging
import MetricsTestKit
import SMTPTestServer
import Testing

@testable import AsyncSMTP

/// What logs, metrics and spans get to know of a client at work.
@Suite("Client: observability", .timeLimit(.minutes(2)))
struct ClientObservabilityTests {
    private static let message = RawMessage(Letter.content)
    private let recording = Recording()

    private func withClient(
        _ script: SMTPTestServer.Script = [],
        pool: PoolConfiguration = PoolConfiguration(maximumConnections: 2),
        _ body: (SMTPTestServer, SMTPClient) async throws -> Void
    ) async throws {
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            try await SMTPClient.withClient(
                try Loopback.place(of: server),
                configuration: try Loopback.configuration { $0.observability = self.recording.settings() },
                pool: pool
            ) { client in try await body(server, client) }
        }
    }

    private func entries(_ message: String) -> [Logger.Metadata] {
        self.recording.log.entries.filter { "\($0.message)" == message }.map(\.metadata)
    }

    private func last(_ gauge: String) -> Double? {
        self.recording.metrics.recorders.first { $0.label == gauge }?.values.last
    }

    @Test("messages and connections are counted, and at the end nothing is left", arguments: [false, true])
    func counts(isBulk: Bool) async throws {
        try await self.withClient { server, client in
            if isBulk {
                let messages = Array(repeating: Self.message, count: 40)
                for await outcome in client.send(contentsOf: messages) { #expect(outcome.receipt != nil) }
            } else {
                for _ in 0..<40 { try await client.send(Self.message) }
            }
            await client.shutdown()
            let connections = Int64(server.sessions.count)
            // One that nobody needed any more may have been given up while it was being opened.
            let opened = self.recording.total("smtp_client.connections.opened")
            #expect(opened + self.recording.total("smtp_client.connections.failed") == connections)
            #expect(self.recording.total("smtp_client.connections.closed") == opened)
            #expect(self.recording.total("smtp_client.recipients.accepted") == 40)
            let waits = self.recording.metrics.timers.first { $0.label == "smtp_client.wait.duration" }
            #expect(waits?.values.count == 40)
            for name in ["connections.open", "connections.idle", "sends.waiting", "sends.in_flight"] {
                #expect(self.last("smtp_client.\(name)") == 0, "\(name)")
            }
            let closed = self.entries("connection closed")
            #expect(closed.allSatisfy { $0["smtp.reason"] == "shutdown" })
            #expect(closed.compactMap { $0["smtp.messages"].flatMap { Int("\($0)") } }.reduce(0, +) == 40)
            #expect(self.entries("connection opened").allSatisfy { $0["smtp.peer_address"] == "127.0.0.1" })
        }
    }

    @Test("each message has its span, a child of the caller's", arguments: [false, true])
    func spans(isBulk: Bool) async throws {
        let script: SMTPTestServer.Script = [.on(.command("RCPT", occurrence: 3), .reply("550 5.1.1 no"))]
        try await self.withClient(script) { server, client in
            if isBulk {
                let messages = Array(repeating: Self.message, count: 10)
                for await _ in client.send(contentsOf: messages) {}
            } else {
                for _ in 0..<10 { _ = try? await client.send(Self.message) }
            }
        }
        let spans = self.recording.tracer.finishedSpans.filter { $0.operationName == "send" }
        #expect(spans.count == 10)
        #expect(spans.count { $0.values["smtp.acceptance"] == "accepted" } == 9)
        #expect(spans.count { $0.values["smtp.acceptance"] == "refused_permanently" } == 1)
        #expect(self.recording.tracer.activeSpans.isEmpty)
    }

    @Test("a pause is told once, with its length and why")
    func backOff() async throws {
        let script: SMTPTestServer.Script = [
            .on(.command("RCPT", occurrence: 1), .reply("451 4.7.1 too fast"))
        ]
        let pool = PoolConfiguration(
            maximumConnections: 1,
            backOff: BackOff(initial: .milliseconds(20), jitter: 0)
        )
        try await self.withClient(script, pool: pool) { server, client in
            await #expect(throws: SMTPError.self) { try await client.send(Self.message) }
            try await client.send(Self.message)
        }
        let entries = self.entries("backing off")
        #expect(entries.count == 1)
        #expect(entries.first?["smtp.reason"] == "too fast")
        #expect(self.recording.total("smtp_client.back_offs") == 1)
    }

    @Test("the reason of a connection that the server ends")
    func closedByServer() async throws {
        let script: SMTPTestServer.Script = [.on(.endOfContent, .default, .close)]
        try await self.withClient(script) { server, client in
            try await client.send(Self.message)
            try await server.waitForSessionsClosed(1)
        }
        let entries = self.entries("connection closed")
        #expect(entries.map { $0["smtp.reason"] } == ["closed by server"])
        #expect(entries.map { $0["smtp.messages"] } == ["1"])
    }
}
