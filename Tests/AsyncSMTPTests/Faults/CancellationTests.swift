import AsyncSMTP
import SMTPTestServer
import Testing

/// A send cancelled wherever it can wait: the connection is closed, nothing half is accepted, the next send
/// works.
@Suite("Cancelling a send")
struct CancellationTests {
    /// A place where a send waits for the server, and how a test gets there.
    struct Place: Sendable, CustomTestStringConvertible {
        let name: String
        let stage: SMTPTestServer.Stage
        /// Acceptance the error must report.
        let acceptance: Acceptance

        var testDescription: String { self.name }

        static let all: [Place] = [
            Place(name: "greeting", stage: .connect(occurrence: 1), acceptance: .notAccepted),
            Place(name: "EHLO", stage: .command("EHLO", occurrence: 1), acceptance: .notAccepted),
            Place(name: "MAIL", stage: .command("MAIL", occurrence: 1), acceptance: .notAccepted),
            Place(name: "RCPT", stage: .command("RCPT", occurrence: 1), acceptance: .notAccepted),
            Place(name: "DATA", stage: .command("DATA", occurrence: 1), acceptance: .notAccepted),
            Place(name: "final reply", stage: .endOfContent(occurrence: 1), acceptance: .unknown),
        ]
    }

    @Test(
        "S-E6.1 S-E6 cancelled while waiting for the server",
        arguments: Place.all,
        PipeliningLevel.allCases
    )
    func whileWaiting(at place: Place, level: PipeliningLevel) async throws {
        let gate = SMTPTestServer.Gate()
        let script: SMTPTestServer.Script = [.on(place.stage, .hold(gate), .default)]
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            var configuration = SMTPConfiguration()
            configuration.sending.pipelining = level
            try await SMTPClient.withClient(
                SMTPServer(host: server.host, port: server.port, tls: .plaintext),
                configuration: configuration
            ) { client in
                let send = Task { try await client.send(Sample.message) }
                try await gate.waitUntilReached()
                send.cancel()
                let error = try #require(await Sample.error(of: send))
                #expect(error.code == .cancelled)
                #expect(error.acceptance == place.acceptance)
                gate.open()
                try await server.waitForSessionsClosed(1)
                let receipt = try await client.send(Sample.message)
                #expect(receipt.accepted.count == 1)
            }
            // Only where the whole content had gone out may the cancelled message have been stored.
            let stored = place.acceptance == .unknown ? 1...2 : 1...1
            #expect(stored.contains(server.messageCount))
        }
    }

    @Test("S-E6.2 S-E6.3 cancelled inside the content, no terminator goes out")
    func insideContent() async throws {
        try await SMTPTestServer.withServer { server in
            let (chunks, feed) = AsyncStream.makeStream(of: [UInt8].self)
            try await SMTPClient.withClient(SMTPServer(host: server.host, port: server.port, tls: .plaintext))
            { client in
                let message = RawMessage(
                    .stream(chunks),
                    envelope: try Envelope(from: "a@example.org", to: ["b@example.org"])
                )
                let send = Task { try await client.send(message) }
                feed.yield(Array("Subject: half\r\n\r\nfirst part\r\n".utf8))
                feed.yield(Array("second part\r\n".utf8))
                try await server.waitForCommand("CONTENT")
                // The stream ends when its task is cancelled, just as it would at its real end.
                send.cancel()
                let error = try #require(await Sample.error(of: send))
                #expect(error.code == .cancelled)
                #expect(error.acceptance == .notAccepted)
                try await server.waitForSessionsClosed(1)
                let receipt = try await client.send(Sample.message)
                #expect(receipt.accepted.count == 1)
            }
            let record = try #require(server.sessions.first)
            #expect(record.unfinishedContentCount != nil)
            #expect(server.messageCount == 1)
        }
    }

    @Test("S-E6 cancelled while waiting for a connection or for a turn, nothing is harmed")
    func whileQueued() async throws {
        let gate = SMTPTestServer.Gate()
        let script: SMTPTestServer.Script = [.on(.command("MAIL", occurrence: 1), .hold(gate), .default)]
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            try await SMTPClient.withClient(
                SMTPServer(host: server.host, port: server.port, tls: .plaintext),
                maximumConnections: 1
            ) { client in
                let first = Task { try await client.send(Sample.message) }
                try await gate.waitUntilReached()
                let queued = Task { try await client.send(Sample.message) }
                queued.cancel()
                #expect(await Sample.error(of: queued)?.code == .cancelled)
                gate.open()
                let receipt = try await first.value
                #expect(receipt.accepted.count == 1)
            }
            #expect(server.messageCount == 1)
            #expect(server.sessions.count == 1)
        }
    }

    @Test("S-E6 cancelled before it began, nothing is sent")
    func beforehand() async throws {
        try await SMTPTestServer.withServer { server in
            try await SMTPClient.withClient(SMTPServer(host: server.host, port: server.port, tls: .plaintext))
            { client in
                let send = Task {
                    while !Task.isCancelled { await Task.yield() }
                    return try await client.send(Sample.message)
                }
                send.cancel()
                #expect(await Sample.error(of: send)?.code == .cancelled)
            }
            #expect(server.messageCount == 0)
        }
    }

    @Test("S-E6 many sends cancelled at random places leave a client that works", arguments: 0..<8)
    func manyAtOnce(seed: UInt64) async throws {
        try await SMTPTestServer.withServer { server in
            try await SMTPClient.withClient(SMTPServer(host: server.host, port: server.port, tls: .plaintext))
            { client in
                var verdicts: [Bool] = []
                await withTaskGroup(of: Bool?.self) { group in
                    for number in 0..<40 {
                        let send = Task { try await client.send(Sample.message) }
                        if (UInt64(number) &* 2_654_435_761 &+ seed) % 3 == 0 {
                            Task {
                                // As many steps of the scheduler as the number says, so that places differ.
                                for _ in 0..<number { await Task.yield() }
                                send.cancel()
                            }
                        }
                        group.addTask {
                            do {
                                return try await send.value.accepted.count == 1
                            } catch let error as SMTPError {
                                return error.acceptance == .unknown ? nil : false
                            } catch {
                                Issue.record("unexpected \(error)")
                                return nil
                            }
                        }
                    }
                    for await verdict in group where verdict != nil { verdicts.append(verdict == true) }
                }
                // Whatever was reported accepted was stored; what was reported otherwise was not, unless
                // unknown.
                let accepted = verdicts.count { $0 }
                let unknown = 40 - verdicts.count
                #expect((accepted...(accepted + unknown)).contains(server.messageCount))
                let receipt = try await client.send(Sample.message)
                #expect(receipt.accepted.count == 1)
            }
        }
    }
}
