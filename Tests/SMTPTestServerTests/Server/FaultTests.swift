import NIOCore
import Testing

@testable import SMTPTestServer

@Suite("Faults over sockets", .timeLimit(.minutes(20)))
struct FaultTests {
    private static let envelope = "EHLO c\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\n"

    @Test("FIN behind the last reply", arguments: SessionTests.endpoints)
    func close(endpoint: SMTPTestServer.Endpoint) async throws {
        let script: SMTPTestServer.Script = [.on(.command("MAIL"), .reply("421 4.3.2 bye"), .close)]
        try await SMTPTestServer.withServer(.init(endpoint: endpoint, script: script)) { server in
            try await RawClient.with(server) { client in
                try await client.send(Self.envelope)
                try await client.waitForClose()
                #expect(client.codes == [220, 250, 421])
                #expect(client.error == nil)
                try await client.send("NOOP\r\n")
            }
            try await server.waitForSessionsClosed(1)
            #expect(server.sessions.first?.end == .serverClosed)
            #expect(server.sessions.first?.commands == ["EHLO c", "MAIL FROM:<a@x>"])
        }
    }

    @Test func reset() async throws {
        let script: SMTPTestServer.Script = [.on(.contentOctets(5), .reset)]
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            try await RawClient.with(server) { client in
                try await client.send(Self.envelope + "DATA\r\n")
                try await client.waitForReplies(5)
                try await client.send("0123456789")
                try await client.waitForClose()
                #expect(client.error?.contains("reset") == true)
            }
            try await server.waitForSessionsClosed(1)
            #expect(server.sessions.first?.end == .serverReset)
            #expect(server.sessions.first?.unfinishedContentCount == 5)
            #expect(server.messages.isEmpty)
        }
    }

    @Test func storedAndGone() async throws {
        try await SMTPTestServer.withServer(.init(script: [.on(.endOfContent, .store, .reset)])) { server in
            try await RawClient.with(server) { client in
                try await client.send(Self.envelope + "DATA\r\n")
                try await client.waitForReplies(5)
                try await client.send("x\r\n.\r\n")
                try await client.waitForClose()
                #expect(client.codes.count == 5)
                #expect(server.messages.count == 1)
            }
        }
    }

    @Test("a gate holds replies back", arguments: [SMTPTestServer.Segmentation.natural, .everyByte])
    func hold(segmentation: SMTPTestServer.Segmentation) async throws {
        let gate = SMTPTestServer.Gate()
        let script: SMTPTestServer.Script = [.on(.command("RCPT"), .hold(gate), .default)]
        try await SMTPTestServer.withServer(.init(script: script, segmentation: segmentation)) { server in
            try await RawClient.with(server) { client in
                try await client.send(Self.envelope + "QUIT\r\n")
                try await client.waitForReplies(3)
                try await gate.waitUntilReached()
                #expect(client.codes == [220, 250, 250])
                gate.open()
                try await client.waitForClose()
                #expect(client.codes == [220, 250, 250, 250, 221])
            }
        }
    }

    @Test func anOpenGateHoldsNothing() async throws {
        let gate = SMTPTestServer.Gate()
        gate.open()
        let script: SMTPTestServer.Script = [
            .on(.connect, .hold(gate), .stopReading(until: gate), .hold(gate), .default)
        ]
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            try await RawClient.with(server) { client in
                #expect(client.codes == [220])
            }
        }
    }

    @Test func aConnectionThatLeavesAGateDoesNotComeBack() async throws {
        let gate = SMTPTestServer.Gate()
        let script: SMTPTestServer.Script = [.on(.endOfContent, .hold(gate), .default)]
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            try await RawClient.with(server) { client in
                try await client.send(Self.envelope + "BDAT 0 LAST\r\n")
                try await gate.waitUntilReached()
                // Else closing would reset the connection.
                try await client.waitForReplies(4)
            }
            try await server.waitForSessionsClosed(1)
            gate.open()
            #expect(server.messages.isEmpty)
            #expect(server.sessions.first?.end == .clientClosed)
        }
    }

    @Test func greetingHeldPerConnection() async throws {
        let gate = SMTPTestServer.Gate()
        let script: SMTPTestServer.Script = [
            .on(.connect(occurrence: 1), .raw("220-wait\r\n"), .hold(gate), .raw("220 go\r\n"))
        ]
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            let first = try await RawClient.connect(to: server)
            try await gate.waitUntilReached()
            try await RawClient.with(server) { second in
                #expect(second.codes == [220])
            }
            try await first.waitForText("220-wait\r\n")
            gate.open()
            try await first.waitForText("220-wait\r\n220 go\r\n")
            await first.close()
        }
    }

    @Test func stallKeepsTheConnectionOpen() async throws {
        try await SMTPTestServer.withServer(.init(script: [.on(.command("DATA"), .stall)])) { server in
            try await RawClient.with(server) { client in
                try await client.send(Self.envelope + "DATA\r\nQUIT\r\n")
                try await server.waitForCommand("data")
                try await client.waitForReplies(4)
            }
            try await server.waitForSessionsClosed(1)
            #expect(server.sessions.first?.end == .clientClosed)
            #expect(server.sessions.first?.replies.count == 4)
        }
    }

    @Test func aServerThatStopsReadingStopsTheClient() async throws {
        let gate = SMTPTestServer.Gate()
        let script: SMTPTestServer.Script = [.on(.contentOctets(1), .stopReading(until: gate))]
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            try await RawClient.with(server) { client in
                try await client.send(Self.envelope + "DATA\r\n")
                try await client.waitForReplies(5)
                let count = 24 << 20
                let sending = client.begin([UInt8](repeating: UInt8(ascii: "x"), count: count))
                try await gate.waitUntilReached()
                #expect((server.sessions.first?.receivedCount ?? count) < 1 << 20)
                gate.open()
                try await sending.get()
                try await client.send("\r\n.\r\n")
                let message = try #require(try await server.waitForMessages(1).first)
                #expect(message.contentLength == count + 2)
            }
        }
    }

    @Test func heldInputIsBounded() async throws {
        let gate = SMTPTestServer.Gate()
        var configuration = SMTPTestServer.Configuration(script: [
            .on(.command("NOOP"), .hold(gate), .default)
        ])
        configuration.limits.heldInputOctets = 100_000
        try await SMTPTestServer.withServer(configuration) { server in
            try await RawClient.with(server) { client in
                let rest = [UInt8](repeating: UInt8(ascii: "x"), count: 24 << 20)
                let sending = client.begin(Array("NOOP\r\nHELP ".utf8) + rest)
                try await gate.waitUntilReached()
                #expect((server.sessions.first?.receivedCount ?? .max) < 1 << 20)
                gate.open()
                try await sending.get()
                try await client.send("\r\n")
                try await client.waitForReplies(3)
                #expect(client.codes == [220, 250, 500])
            }
        }
    }

    @Test func smallSocketBuffersAndManyReplies() async throws {
        let configuration = SMTPTestServer.Configuration(endpoint: .unixSocket, socketBufferSize: 4_096)
        try await SMTPTestServer.withServer(configuration) { server in
            try await RawClient.with(server) { client in
                let count = 10_000
                let commands = (0..<count).map { "RCPT TO:<user\($0)@example.org>\r\n" }.joined()
                try await client.send("EHLO c\r\nMAIL FROM:<>\r\n")
                try await client.send(commands)
                try await server.waitForCommand("RCPT", count: count)
                try await client.waitForReplies(count + 3)
                #expect(client.codes.filter { $0 == 452 }.count == count - 1_000)
            }
        }
    }

    @Test func theClientCloses() async throws {
        try await SMTPTestServer.withServer { server in
            try await RawClient.with(server) { client in
                try await client.send(Self.envelope + "DATA\r\nabc")
                try await server.waitForCommand("CONTENT")
                try await client.waitForReplies(5)
            }
            try await server.waitForSessionsClosed(1)
            #expect(server.sessions.first?.end == .clientClosed)
            #expect(server.sessions.first?.unfinishedContentCount == 3)
        }
    }

    @Test func theClientResets() async throws {
        try await SMTPTestServer.withServer { server in
            let client = try await RawClient.connect(to: server)
            try await client.waitForReplies(1)
            try await client.reset()
            try await server.waitForSessionsClosed(1)
            #expect(server.sessions.first?.end == .clientReset)
        }
    }
}
