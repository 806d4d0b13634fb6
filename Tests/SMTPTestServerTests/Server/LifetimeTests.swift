import Testing

@testable import SMTPTestServer

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Start, shutdown and waiting", .timeLimit(.minutes(20)))
struct LifetimeTests {
    private struct BodyFailed: Error {}

    @Test func shutdownClosesOpenConnections() async throws {
        let gate = SMTPTestServer.Gate()
        let script: SMTPTestServer.Script = [
            .on(.command("NOOP"), .hold(gate)), .on(.command("HELP"), .stall),
            .on(.command("RSET"), .stopReading(until: gate)), .on(.command("VRFY"), .close),
        ]
        let server = try await SMTPTestServer.start(.init(script: script))
        var clients: [RawClient] = []
        for command in ["NOOP", "HELP", "RSET", "VRFY x", "MAIL"] {
            let client = try await RawClient.connect(to: server)
            try await client.waitForReplies(1)
            try await client.send(command + "\r\n")
            try await server.waitForCommand(String(command.prefix(4)))
            clients.append(client)
        }
        try await server.shutdown()
        for client in clients {
            try await client.waitForClose()
            await client.close()
        }
        #expect(server.sessions.map(\.end) == Array(repeating: .serverClosed, count: 5))
        gate.open()
        await #expect(throws: (any Error).self) { try await RawClient.connect(to: server) }
        try await server.shutdown()
    }

    @Test func theBodyFailsAndTheServerEnds() async throws {
        var escaped: SMTPTestServer?
        await #expect(throws: BodyFailed.self) {
            try await SMTPTestServer.withServer { server in
                escaped = server
                throw BodyFailed()
            }
        }
        let server = try #require(escaped)
        await #expect(throws: (any Error).self) { try await RawClient.connect(to: server) }
    }

    @Test func addresses() async throws {
        try await SMTPTestServer.withServer { server in
            #expect(server.host == "127.0.0.1")
            #expect(server.port > 0)
            #expect(server.unixSocketPath == nil)
        }
        try await SMTPTestServer.withServer(.init(endpoint: .loopbackIPv6)) { server in
            #expect(server.host == "::1")
            #expect(server.port > 0)
        }
    }

    @Test func theTemporarySocketIsRemoved() async throws {
        let path = try await SMTPTestServer.withServer(.init(endpoint: .unixSocket)) { server in
            #expect(server.host == "localhost")
            #expect(server.port == 0)
            let path = try #require(server.unixSocketPath)
            #expect(FileManager.default.fileExists(atPath: path))
            return path
        }
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(!FileManager.default.fileExists(atPath: String(path.dropLast(2))))
    }

    @Test func aSocketAtAGivenPath() async throws {
        let path =
            FileManager.default.temporaryDirectory.path + "/smtp-given-\(UInt32.random(in: 0 ... .max))"
        let configuration = SMTPTestServer.Configuration(endpoint: .unixSocket(path))
        let first = try await SMTPTestServer.start(configuration)
        #expect(first.unixSocketPath == path)
        await #expect {
            try await SMTPTestServer.start(configuration)
        } throws: { error in
            (error as? SMTPTestServerError)?.code == .cannotListen
        }
        try await first.shutdown()
        try await SMTPTestServer.withServer(configuration) { _ in
            try await first.shutdown()
            #expect(FileManager.default.fileExists(atPath: path), "the second shutdown removes nothing")
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func aTakenPortIsAnError() async throws {
        try await SMTPTestServer.withServer { server in
            let error = await #expect(throws: SMTPTestServerError.self) {
                try await SMTPTestServer.start(.init(endpoint: .loopbackIPv4(port: server.port)))
            }
            #expect(error?.code == .cannotListen)
            #expect(error?.underlyingError != nil)
            #expect(error?.description.hasPrefix("SMTPTestServerError.cannotListen: ") == true)
        }
    }

    private static let waits: [@Sendable (SMTPTestServer) async throws -> Void] = [
        { try await $0.waitForMessages(1) }, { try await $0.waitForCommand("MAIL") },
        { try await $0.waitForSessionsClosed(1) },
    ]

    @Test("waiting ends when the task is cancelled", arguments: waits.indices)
    func cancellation(index: Int) async throws {
        try await SMTPTestServer.withServer { server in
            let task = Task { try await Self.waits[index](server) }
            task.cancel()
            let error = await #expect(throws: SMTPTestServerError.self) { try await task.value }
            #expect(error?.code == .cancelled)
        }
    }

    @Test("waiting ends at shutdown", arguments: waits.indices)
    func shutdownEndsWaiting(index: Int) async throws {
        let server = try await SMTPTestServer.start()
        let task = Task { try await Self.waits[index](server) }
        try await server.shutdown()
        let error = await #expect(throws: SMTPTestServerError.self) { try await task.value }
        #expect(error?.code == .shutDown)
    }

    @Test func waitingForWhatHasHappenedReturnsAtOnce() async throws {
        try await SMTPTestServer.withServer { server in
            async let connected: Void = server.waitForCommand("CONNECT", count: 2)
            for _ in 1...2 {
                try await RawClient.with(server) { _ in }
            }
            try await connected
            try await server.waitForCommand("connect", count: 2)
            try await server.waitForSessionsClosed(2)
            #expect(try await server.waitForMessages(0).isEmpty)
        }
    }

    @Test func gatesOpenOnce() async throws {
        let gate = SMTPTestServer.Gate()
        #expect(!gate.isOpen)
        async let waiting: Void = gate.wait()
        gate.open()
        gate.open()
        #expect(gate.isOpen)
        try await waiting
        try await gate.wait()
    }

    @Test func waitingAtAGateCanBeCancelled() async throws {
        let gate = SMTPTestServer.Gate()
        let task = Task { try await gate.wait() }
        let other = Task { try await gate.waitUntilReached() }
        task.cancel()
        other.cancel()
        await #expect(throws: SMTPTestServerError.self) { try await task.value }
        await #expect(throws: SMTPTestServerError.self) { try await other.value }
        gate.open()
    }

    @Test func serversDoNotShareAnything() async throws {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for count in 1...8 {
                group.addTask {
                    try await SMTPTestServer.withServer { server in
                        for _ in 0..<count {
                            try await RawClient.with(server) { client in
                                try await client.send(
                                    "EHLO c\r\nMAIL FROM:<>\r\nRCPT TO:<b@y>\r\nBDAT 0 LAST\r\nQUIT\r\n"
                                )
                                try await client.waitForClose()
                            }
                        }
                        return server.messages.count - count
                    }
                }
            }
            for try await difference in group {
                #expect(difference == 0)
            }
        }
    }
}
