internal import ArgumentParser
internal import AsyncSMTP
internal import Foundation

/// `smtp bench`: many messages, measured.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Sends many messages and measures how long they take.",
        discussion: """
            All messages are the same. They come from bench@example.org and go to recipient-1@example.org and so on, \
            unless --from and --to say otherwise; a file's own addresses are never used.

            The status is 0 when every recipient of every message was accepted, 1 when something else became of \
            some messages, and otherwise that of the most frequent failure.

            With --json one object is printed: messages (those with an outcome), accepted, failed, unknown, \
            connections, seconds, messagesPerSecond, bytesPerSecond (of accepted messages), latency (p50, p99 and \
            max of accepted messages, in seconds from handing a message over to its outcome; null without any), \
            failures (how many by kind: code of the error and of the reply, as "dataRefused 451") and error (why \
            nothing could be sent, or null).
            """
    )

    @OptionGroup(title: "Server") var options: ServerOptions

    @Option(help: ArgumentHelp("Messages to send.", valueName: "n"))
    var messages = 1_000

    @Option(help: ArgumentHelp("Connections at a time.", valueName: "c"))
    var connections = 4

    @Option(help: ArgumentHelp("Octets of each message, header included.", valueName: "bytes"))
    var size: Int?

    @Option(help: ArgumentHelp("Recipients of each message.", valueName: "r"))
    var recipients: Int?

    @Option(help: ArgumentHelp("Messages in flight at a time on each connection.", valueName: "k"))
    var inFlight = 16

    @Option(help: ArgumentHelp("File with the message to send.", valueName: "file"), completion: .file())
    var eml: String?

    @Option(help: ArgumentHelp("Sender; empty for the null path.", valueName: "address"))
    var from = "bench@example.org"

    @Option(help: ArgumentHelp("Recipient; may be repeated.", valueName: "address"))
    var to: [String] = []

    @Flag(help: "Uses a connection for each message.")
    var reconnect = false

    @Flag(help: "Prints one JSON object.")
    var json = false

    func validate() throws {
        for (name, value, most) in [
            ("messages", self.messages, 1_000_000_000), ("connections", self.connections, 10_000),
            ("size", self.size ?? 1, 1 << 30), ("recipients", self.recipients ?? 1, 100_000),
            ("in-flight", self.inFlight, 10_000),
        ] where !(1...most).contains(value) {
            throw ValidationError("--\(name) takes a number from 1 to \(most).")
        }
        guard self.size == nil || self.eml == nil else {
            throw ValidationError("--size and --eml exclude each other.")
        }
        guard self.recipients == nil || self.to.isEmpty else {
            throw ValidationError("--recipients and --to exclude each other.")
        }
    }

    func run() async throws {
        try await CommandRun.run(within: self.options.timeout) {
            do {
                return try await self.measure()
            } catch {
                if self.json {
                    try JSONOutput.print(BenchReport(BenchTally(), connections: 0, error: "\(error)"))
                }
                throw error
            }
        }
    }

    private func measure() async throws -> ExitStatus {
        let (server, settings) = try self.options.connection()
        let message = try BenchMessage(self)
        let counter = ConnectionCounter()
        var configuration = settings
        configuration.observability.metrics = counter
        let client = SMTPClient(server, configuration: configuration, pool: self.pool)
        let tally = await withTaskCancellationHandler {
            await self.send(message.message, through: client)
        } onCancel: {
            // What is on its way ends too; its outcome tells what is known of it.
            Task { await client.shutdownNow() }
        }
        await client.shutdown()
        let report = BenchReport(tally, connections: counter.count, error: nil)
        if self.json {
            try JSONOutput.print(report)
        } else {
            for line in report.lines { Console.print(line) }
        }
        return tally.status(of: self.messages)
    }

    private var pool: PoolConfiguration {
        PoolConfiguration(
            maximumConnections: min(self.connections, self.messages),
            maximumInFlight: self.reconnect ? 1 : self.inFlight,
            maximumMessagesPerConnection: self.reconnect ? 1 : nil,
            // Pauses would be measured too.
            backOff: nil
        )
    }

    private func send(_ message: RawMessage, through client: SMTPClient) async -> BenchTally {
        let times = HandOverTimes()
        let bar = ProgressBar(total: self.messages)
        var tally = BenchTally()
        let pool = client.poolConfiguration
        let outcomes = client.send(
            toEach: 0..<self.messages,
            // No more than can be on their way: a message that waits for others is not what takes the time.
            maximumPending: pool.maximumConnections * pool.maximumInFlight
        ) { index in
            times.begin(index)
            return message
        }
        for await outcome in outcomes {
            tally.add(outcome.result, latency: times.end(outcome.index))
            bar?.show(tally)
        }
        bar?.remove()
        return tally
    }
}
