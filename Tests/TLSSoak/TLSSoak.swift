import AsyncSMTP
import Foundation
import SMTPTestServer

/// Does the same over TLS many times in one process, and fails when what the process holds grows.
///
/// `TLSSoak handshakes COUNT` opens and ends sessions; `TLSSoak octets MEBIBYTES` sends that much through one
/// session. Growth is counted from a tenth of the way on.
@main
struct TLSSoak {
    let server: SMTPServer
    let configuration: SMTPConfiguration

    static func main() async throws {
        let arguments = CommandLine.arguments
        guard OpenSSLBlocks.count(from: ()), arguments.count == 3, let count = Int(arguments[2]), count >= 10,
            ["handshakes", "octets"].contains(arguments[1])
        else {
            print("usage: TLSSoak handshakes COUNT | octets MEBIBYTES, at least 10")
            exit(64)
        }
        let authority = try SMTPTestServer.Authority()
        var server = SMTPTestServer.Configuration(
            tls: .implicit(try authority.identity(for: ["localhost", "127.0.0.1"])),
            storesContent: false
        )
        server.limits.recordedSessions = 0
        server.limits.recordedMessages = 0
        server.limits.recordedOctetsPerSession = 0
        server.limits.recordedLinesPerSession = 0
        let grown = try await SMTPTestServer.withServer(server) { server in
            var configuration = SMTPConfiguration()
            configuration.tls.trustRoots = .pem(Array(authority.certificatePEM.utf8))
            configuration.tlsContext = try TLSContext(client: configuration.tls)
            let soak = TLSSoak(
                server: try SMTPServer(host: server.host, port: server.port),
                configuration: configuration
            )
            return arguments[1] == "octets"
                ? try await soak.sendMessages(count) : try await soak.openSessions(count)
        }
        for line in grown { print("FAILED: \(line)") }
        exit(grown.isEmpty ? 0 : 1)
    }

    /// Opens sessions, four at a time, and ends each by QUIT.
    private func openSessions(_ count: Int) async throws -> [String] {
        try await self.measured(count, "handshakes") { number in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        for _ in 0..<number / 4 {
                            try await SMTPSession.withSession(
                                to: self.server,
                                configuration: self.configuration
                            ) { _ in }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    /// Sends messages of one mebibyte through one session.
    private func sendMessages(_ count: Int) async throws -> [String] {
        let line = String(repeating: "x", count: 76) + "\r\n"
        let body = String(repeating: line, count: 1024 * 1024 / line.utf8.count)
        let content = MessageContent.text("Subject: soak\r\n\r\n" + body)
        let envelope = try Envelope(from: "a@example.org", to: ["b@example.org"])
        return try await SMTPSession.withSession(to: self.server, configuration: self.configuration) {
            session in
            try await self.measured(count, "MiB") { number in
                for _ in 0..<number { try await session.send(content, envelope: envelope) }
            }
        }
    }

    /// Does the work in ten parts, and compares what is held after the last with what was after the first.
    private func measured(
        _ count: Int,
        _ unit: String,
        _ work: (Int) async throws -> Void
    ) async throws -> [String] {
        let clock = ContinuousClock()
        var base: Usage?
        var last = try Usage.now()
        print("before: \(last)")
        for part in 1...10 {
            let start = clock.now
            try await work(count / 10)
            let seconds = (clock.now - start) / Duration.seconds(1)
            last = try Usage.now()
            base = base ?? last
            print("\(count / 10 * part) \(unit), \(Int(Double(count / 10) / seconds)) a second: \(last)")
        }
        return last.growth(since: base ?? last)
    }
}
