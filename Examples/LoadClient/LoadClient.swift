import AsyncSMTP
import Foundation

/// Sends one message many times, to measure: the client of the tables in `Docs/Performance.md`.
///
/// `LoadClient PORT MESSAGES CONNECTIONS FILE RECIPIENTS none|starttls|tls 0|1`; the last argument tells whether
/// each message gets a connection of its own. The server listens at 127.0.0.1 and has a certificate for
/// localhost, whose authority `BENCH_CA` names. `BENCH_RESUME=1` resumes TLS sessions, `BENCH_CHUNKING=1` sends by BDAT,
/// `BENCH_IN_FLIGHT` sets how many messages are in flight on a connection.
@main
struct LoadClient {
    let server: SMTPServer
    let configuration: SMTPConfiguration
    let messages: Int
    let connections: Int
    let message: RawMessage
    let reconnects: Bool
    let inFlight: Int

    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 8, let client = try Self(arguments: Array(arguments.dropFirst())) else {
            FileHandle.standardError.write(
                Data(
                    "usage: LoadClient PORT MESSAGES CONNECTIONS FILE RECIPIENTS none|starttls|tls 0|1\n".utf8
                )
            )
            exit(64)
        }
        try await client.run()
    }

    /// Reads the arguments; nil for those that cannot be understood.
    init?(arguments: [String]) throws {
        let modes: [String: TLSMode] = ["none": .plaintext, "starttls": .startTLS, "tls": .implicit]
        guard let port = Int(arguments[0]), let messages = Int(arguments[1]),
            let connections = Int(arguments[2]),
            let recipients = Int(arguments[4]), recipients > 0, let mode = modes[arguments[5]]
        else { return nil }
        self.server = try SMTPServer(host: "localhost", port: port, tls: mode)
        self.messages = messages
        self.connections = min(connections, messages)
        self.reconnects = arguments[6] == "1"
        let names =
            recipients == 1
            ? ["rcpt@example.test"]
            : (0..<recipients).map { "rcpt\(String(1000 + $0).dropFirst())@example.test" }
        let envelope = try Envelope(from: "sender@example.test", to: names)
        let size = try FileManager.default.attributesOfItem(atPath: arguments[3])[.size] as? Int ?? 0
        // A small message is held in memory, as a service holds it; a large one is read while it is sent.
        self.message =
            size > 1024 * 1024
            ? RawMessage(.file(arguments[3]), envelope: envelope)
            : RawMessage(.bytes(try Data(contentsOf: URL(filePath: arguments[3]))), envelope: envelope)
        var configuration = SMTPConfiguration()
        configuration.helloName = try HelloName("bench.test")
        let environment = ProcessInfo.processInfo.environment
        if let authority = environment["BENCH_CA"] { configuration.tls.trustRoots = .file(authority) }
        configuration.tls.resumesSessions = environment["BENCH_RESUME"] == "1"
        if mode != .plaintext { configuration.tlsContext = try TLSContext(client: configuration.tls) }
        configuration.sending.usesChunking = environment["BENCH_CHUNKING"] == "1"
        self.inFlight =
            environment["BENCH_IN_FLIGHT"].flatMap(Int.init) ?? PoolConfiguration().maximumInFlight
        self.configuration = configuration
    }

    /// Sends all messages, over as many connections as asked for.
    func run() async throws {
        if self.reconnects {
            try await self.runReconnecting()
            return
        }
        var pool = PoolConfiguration()
        pool.maximumConnections = self.connections
        pool.maximumInFlight = self.inFlight
        try await SMTPClient.withClient(self.server, configuration: self.configuration, pool: pool) {
            client in
            for await outcome in client.send(contentsOf: repeatElement(self.message, count: self.messages)) {
                _ = try outcome.result.get()
            }
        }
    }

    /// Sends each message over a connection of its own.
    private func runReconnecting() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<self.connections {
                let share =
                    self.messages / self.connections + (index < self.messages % self.connections ? 1 : 0)
                group.addTask {
                    for _ in 0..<share {
                        try await SMTPClient.send(
                            self.message,
                            through: self.server,
                            configuration: self.configuration
                        )
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
