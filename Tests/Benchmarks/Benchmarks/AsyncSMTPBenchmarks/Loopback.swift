internal import AsyncSMTP
internal import Benchmark
internal import SMTPTestServer

/// A client and a server in this process.
enum Loopback {
    /// Sends messages of 1 KiB over four connections, of which the first is open already.
    static func send(_ count: Int, usesChunking: Bool, measured benchmark: Benchmark) async throws {
        var configuration = SMTPTestServer.Configuration(storesContent: false)
        configuration.limits.recordedSessions = 0
        configuration.limits.recordedMessages = 0
        let header = "Subject: benchmark\r\nMessage-ID: <benchmark@example.org>\r\n\r\n"
        let line = String(repeating: "x", count: 76) + "\r\n"
        let text = header + String(repeating: line, count: 12)
        let padding = String(repeating: "x", count: 1022 - text.utf8.count) + "\r\n"
        let message = RawMessage(
            .text(text + padding),
            envelope: try Envelope(from: "a@example.org", to: ["b@example.org"])
        )
        var options = SendOptions()
        options.usesChunking = usesChunking
        try await SMTPTestServer.withServer(configuration) { server in
            let address = try SMTPServer(host: server.host, port: server.port, tls: .plaintext)
            try await SMTPClient.withClient(address) { client in
                try await client.send(message)
                benchmark.startMeasurement()
                for await outcome in client.send(
                    contentsOf: repeatElement(message, count: count),
                    options: options
                ) {
                    _ = try outcome.result.get()
                }
                benchmark.stopMeasurement()
            }
        }
    }
}
