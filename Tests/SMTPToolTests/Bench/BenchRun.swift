import Foundation
import SMTPTestServer
import Testing

/// A run of `smtp bench` against a server of the test.
enum BenchRun {
    static let keys: Set<String> = [
        "messages", "accepted", "failed", "unknown", "connections", "seconds", "messagesPerSecond",
        "bytesPerSecond",
        "latency", "failures", "error",
    ]

    /// Runs it with `--json`.
    static func json(
        _ server: SMTPTestServer,
        _ arguments: [String],
        status: Int32 = 0,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> [String: Any] {
        let run = try await Tool.run(
            ["bench", "--json", "--server", "smtp://\(server.host):\(server.port)?tls=none"] + arguments
        )
        #expect(run.status == status, "\(run.errors)", sourceLocation: sourceLocation)
        let report = try run.json(sourceLocation: sourceLocation)
        #expect(Set(report.keys) == Self.keys, sourceLocation: sourceLocation)
        return report
    }
}
