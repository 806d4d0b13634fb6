import AsyncSMTP
import Foundation
import SMTPTestServer
import Synchronization
import Testing

@Suite("smtp bench", .timeLimit(.minutes(5)))
struct BenchTests {
    @Test("against a sink: every key is there, of the same type", arguments: [true, false])
    func sink(isJSON: Bool) async throws {
        let sink = try await RunningSink.start()
        let arguments = ["--messages", "300", "--connections", "3", "--size", "2000"]
        let run = try await Tool.run(
            ["bench", "--server", sink.url] + arguments + (isJSON ? ["--json"] : [])
        )
        #expect(run.status == 0)
        #expect(run.errors.isEmpty, "no bar where there is no terminal")
        let sinkRun = try await sink.stop()
        #expect(sinkRun.errors.hasPrefix("smtp: 300 messages, 600000 octets, "))
        guard isJSON else {
            let lines = run.output.split(separator: "\n")
            #expect(lines.map { $0.prefix { $0 != " " } } == ["messages", "time", "throughput", "latency"])
            #expect(lines.first == "messages    300: 300 accepted, 0 failed, 0 unknown")
            return
        }
        let report = try run.json()
        #expect(Set(report.keys) == BenchRun.keys)
        #expect(report["messages"] as? Int == 300)
        #expect(report["accepted"] as? Int == 300)
        #expect(report["failed"] as? Int == 0)
        #expect(report["unknown"] as? Int == 0)
        #expect((1...3).contains(report["connections"] as? Int ?? 0))
        let seconds = try #require(report["seconds"] as? Double)
        #expect(seconds > 0)
        let rate = try #require(report["messagesPerSecond"] as? Double)
        #expect(abs(rate - 300 / seconds) < rate / 1e6)
        let octets = try #require(report["bytesPerSecond"] as? Double)
        #expect(abs(octets - 600_000 / seconds) < octets / 1e6)
        let latency = try #require(report["latency"] as? [String: Double])
        #expect(Set(latency.keys) == ["p50", "p99", "max"])
        let times = ["p50", "p99", "max"].compactMap { latency[$0] }
        #expect(times == times.sorted())
        #expect(try #require(times.first) > 0)
        #expect(try #require(times.last) <= seconds)
        #expect((report["failures"] as? [String: Int])?.isEmpty == true)
        #expect(report["error"] is NSNull)
    }

    @Test(
        "the messages are of the size, and go to so many recipients",
        arguments: [(1, 150), (3, 1_024), (20, 70_000)]
    )
    func messages(recipients: Int, size: Int) async throws {
        try await SMTPTestServer.withServer { server in
            let report = try await BenchRun.json(
                server,
                ["--messages", "5", "--recipients", "\(recipients)", "--size", "\(size)"]
            )
            #expect(report["accepted"] as? Int == 5)
            #expect(server.messages.count == 5)
            for message in server.messages {
                #expect(message.content.count == size)
                #expect(message.text.hasPrefix("From: <bench@example.org>\r\nDate: "))
                #expect(message.sender == "bench@example.org")
                #expect(
                    message.recipients.map(\.address)
                        == (1...recipients).map { "recipient-\($0)@example.org" }
                )
            }
        }
    }

    @Test("without options a thousand messages of 1024 octets")
    func defaults() async throws {
        try await SMTPTestServer.withServer { server in
            let report = try await BenchRun.json(server, [])
            #expect(report["accepted"] as? Int == 1_000)
            #expect(server.messages.allSatisfy { $0.content.count == 1_024 && $0.recipients.count == 1 })
            #expect(server.sessionCount <= 4)
        }
    }

    @Test("sender and recipients can be chosen", arguments: ["ann@x.example", ""])
    func addresses(sender: String) async throws {
        try await SMTPTestServer.withServer { server in
            _ = try await BenchRun.json(
                server,
                ["--messages", "2", "--from", sender, "--to", "b@y.example", "--to", "c@y.example"]
            )
            #expect(server.messages.map(\.sender) == [sender, sender])
            #expect(server.messages.first?.recipients.map(\.address) == ["b@y.example", "c@y.example"])
        }
    }

    @Test("a file is sent as it is, to nobody it names", arguments: [10, 2_000_000])
    func file(length: Int) async throws {
        try await SinkDirectory.with { directory in
            let file = directory.appending(path: "m.eml")
            let line = String(repeating: "x", count: 78) + "\r\n"
            let text = "To: real@y.example\r\n\r\n.x\r\n" + String(repeating: line, count: 1 + length / 80)
            try Data(text.utf8).write(to: file)
            try await SMTPTestServer.withServer { server in
                _ = try await BenchRun.json(server, ["--messages", "3", "--eml", file.path()])
                #expect(server.messages.map { $0.text == text } == [true, true, true])
                #expect(server.messages.first?.recipients.map(\.address) == ["recipient-1@example.org"])
            }
        }
    }

    @Test(
        "connections: as many as asked for, or one for each message",
        arguments: [
            (["--connections", "1"], 1...1), (["--connections", "5"], 1...5),
            (["--connections", "2", "--reconnect"], 40...40),
        ]
    )
    func connections(arguments: [String], sessions: ClosedRange<Int>) async throws {
        try await SMTPTestServer.withServer { server in
            let report = try await BenchRun.json(server, ["--messages", "40"] + arguments)
            #expect(report["accepted"] as? Int == 40)
            let connections = try #require(report["connections"] as? Int)
            #expect(sessions.contains(connections))
            #expect(server.sessionCount == connections)
        }
    }

    @Test("in flight on a connection are as many as asked for", arguments: [1, 4])
    func inFlight(count: Int) async throws {
        let server = Mutex(SMTPTestServer?.none)
        let most = Mutex(0)
        let configuration = SMTPTestServer.Configuration(onMessage: { message in
            guard let server = server.withLock({ $0 }) else { return nil }
            // The others come while the first one is looked at, if they come at all.
            repeat {
                let octets = String(decoding: server.sessions[0].receivedOctets, as: UTF8.self)
                let begun = octets.split(separator: "MAIL FROM:").count - 1 - server.messageCount
                most.withLock { $0 = max($0, begun) }
                await Task.yield()
            } while most.withLock({ $0 }) < count
            return nil
        })
        try await SMTPTestServer.withServer(configuration) { started in
            server.withLock { $0 = started }
            let report = try await BenchRun.json(
                started,
                [
                    "--messages", "12", "--connections", "1", "--in-flight", "\(count)", "--chunking",
                    "--timeout", "30",
                ]
            )
            #expect(report["accepted"] as? Int == 12)
            server.withLock { $0 = nil }
        }
        #expect(most.withLock { $0 } == count)
    }

    @Test("on a terminal a bar shows how far it is")
    func bar() async throws {
        let sink = try await RunningSink.start()
        let script = """
            import os, pty, sys
            pid, terminal = pty.fork()
            if pid == 0: os.execv(sys.argv[1], sys.argv[1:])
            text = b""
            try:
                while octets := os.read(terminal, 65536): text += octets
            except OSError: pass
            sys.stdout.write(text.decode())
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
            """
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = [
            "-c", script, try Tool.url().path(), "bench", "--server", sink.url, "--messages", "500",
        ]
        let output = Pipe()
        process.standardOutput = output
        let status = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        #expect(status == 0)
        // A progress bar, which the pipe has room for.
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(text.contains(#/\r\[[#-]{30}\] [0-9]+ % [0-9]+\/500, [0-9]+\/s/#))
        #expect(text.contains("\r\u{1B}[Kmessages    500: 500 accepted"))
        _ = try await sink.stop()
    }
}
