internal import AsyncSMTP
internal import Foundation
internal import SMTPTestServer

/// Sends many messages of 1 KiB through one client, over four connections and an in-process server, and fails when
/// what the process holds grows.
///
/// `MessageSoak COUNT`. Every tenth goes out by DATA for one half and by BDAT for the other. Memory may grow by less
/// than a twentieth from the end of the first tenth on, and no descriptor may stay open.
@main
struct MessageSoak {
    let client: SMTPClient
    let server: SMTPTestServer
    let message: RawMessage

    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 2, let count = Int(arguments[1]), count >= 20, count % 20 == 0 else {
            print("usage: MessageSoak COUNT, a multiple of 20")
            exit(64)
        }
        // The first server and client leave open what belongs to the process: event loops.
        var failures = try await Self.withClient { try await $0.send(20, reports: false) }
        let before = try Usage.now()
        print("before: \(before)")
        failures += try await Self.withClient { try await $0.send(count, reports: true) }
        let after = try Usage.now()
        print("after: \(after)")
        if after.descriptors > before.descriptors {
            failures.append("\(after.descriptors - before.descriptors) descriptors stayed open")
        }
        for failure in failures { print("FAILED: \(failure)") }
        exit(failures.isEmpty ? 0 : 1)
    }

    private static func withClient(_ body: (MessageSoak) async throws -> [String]) async throws -> [String] {
        var configuration = SMTPTestServer.Configuration(storesContent: false)
        configuration.limits.recordedSessions = 0
        configuration.limits.recordedMessages = 0
        configuration.limits.recordedOctetsPerSession = 0
        configuration.limits.recordedLinesPerSession = 0
        let line = String(repeating: "x", count: 76) + "\r\n"
        let text =
            "Subject: soak\r\nMessage-ID: <soak@example.org>\r\n\r\n" + String(repeating: line, count: 13)
        let message = RawMessage(
            .bytes(Array(text.utf8.prefix(1022)) + Array("\r\n".utf8)),
            envelope: try Envelope(from: "a@example.org", to: ["b@example.org"])
        )
        var pool = PoolConfiguration()
        pool.maximumConnections = 4
        return try await SMTPTestServer.withServer(configuration) { server in
            let address = try SMTPServer(host: server.host, port: server.port, tls: .plaintext)
            return try await SMTPClient.withClient(address, pool: pool) { client in
                try await body(MessageSoak(client: client, server: server, message: message))
            }
        }
    }

    /// Sends in ten parts; returns what went wrong.
    private func send(_ count: Int, reports: Bool) async throws -> [String] {
        let clock = ContinuousClock()
        var accepted = 0
        var failures: [String] = []
        var base: Usage?
        for part in 1...10 {
            let start = clock.now
            for usesChunking in [false, true] {
                accepted += try await self.send(count / 20, usesChunking: usesChunking)
            }
            let seconds = (clock.now - start) / Duration.seconds(1)
            guard reports else { continue }
            let usage = try Usage.now()
            print("\(count / 10 * part) messages, \(Int(Double(count / 10) / seconds)) a second: \(usage)")
            let first = base ?? usage
            base = first
            if usage.resident * 20 >= first.resident * 21 {
                failures.append("resident memory grew from \(first.resident) to \(usage.resident) octets")
            }
        }
        if accepted != count { failures.append("\(accepted) of \(count) messages were accepted") }
        let stored = self.server.messageCount
        if stored != count { failures.append("\(stored) of \(count) messages were stored") }
        return failures
    }

    /// Sends messages; returns how many were accepted.
    private func send(_ count: Int, usesChunking: Bool) async throws -> Int {
        var options = SendOptions()
        options.usesChunking = usesChunking
        options.pipelining = .session
        var accepted = 0
        let messages = repeatElement(self.message, count: count)
        for await outcome in self.client.send(contentsOf: messages, options: options) {
            _ = try outcome.result.get()
            accepted += 1
        }
        return accepted
    }
}
