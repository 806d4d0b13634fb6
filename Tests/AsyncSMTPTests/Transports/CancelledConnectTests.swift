import AsyncSMTP
import SMTPTestServer
import Testing

@Suite("Transports: giving up", .timeLimit(.minutes(20)))
struct CancelledConnectTests {
    #if os(Linux)
    @Test("connecting that takes too long is a typed error, and leaves no socket")
    func connectTimeout() async throws {
        try await FullBacklog.with { listener in
            var configuration = SMTPConfiguration()
            configuration.timeouts.connect = .milliseconds(50)
            let server = try SMTPServer(host: "127.0.0.1", port: listener.port, tls: .plaintext)
            let error = await #expect(throws: SMTPError.self) {
                try await SMTPSession.connect(to: server, configuration: configuration)
            }
            #expect(error?.code == .timedOut)
            #expect(error?.stage == .connect)
            #expect(error?.acceptance == .notAccepted)
            #expect(error?.retryAdvice == .retryOnNewConnection)
            #expect(try listener.waiting() == 0)
        }
    }

    @Test(
        "S-E6 cancelling while the server does not answer leaves no socket",
        arguments: [0, 1, 3, 10, 30, 100, 1_000]
    )
    func cancelConnecting(yields: Int) async throws {
        try await FullBacklog.with { listener in
            let server = try SMTPServer(host: "127.0.0.1", port: listener.port, tls: .plaintext)
            let task = Task { try await SMTPSession.connect(to: server) }
            for _ in 0..<yields { await Task.yield() }
            task.cancel()
            let error = await #expect(throws: SMTPError.self) { try await task.value }
            #expect(error?.code == .cancelled)
            #expect(error?.stage == .connect)
            #expect(try listener.waiting() == 0)
        }
    }
    #endif

    @Test(
        "S-E6 cancelling at any moment of connecting leaves no connection",
        arguments: [
            TestTransport.ipv4, .unixSocket,
        ]
    )
    func cancelAnywhere(transport: TestTransport) async throws {
        try await SMTPTestServer.withServer(.init(endpoint: transport.endpoint)) { server in
            let target = try SMTPServer(at: server)
            for yields in 0..<60 {
                let task = Task { try await SMTPSession.connect(to: target) }
                for _ in 0..<yields { await Task.yield() }
                task.cancel()
                do {
                    // Cancelled too late to matter.
                    await (try task.value).close()
                } catch {
                    #expect((error as? SMTPError)?.code == .cancelled)
                }
            }
            // The server accepts in order: whoever came before this one is known then.
            await (try SMTPSession.connect(to: target)).close()
            try await server.waitForSessionsClosed(server.sessions.count)
        }
    }

    @Test(
        "S-E6 cancelling while the greeting is awaited closes the connection",
        arguments: [
            TestTransport.ipv4, .unixSocket,
        ]
    )
    func cancelGreeting(transport: TestTransport) async throws {
        let gate = SMTPTestServer.Gate()
        let script: SMTPTestServer.Script = [.on(.connect(occurrence: 1), .hold(gate), .default)]
        try await SMTPTestServer.withServer(.init(endpoint: transport.endpoint, script: script)) { server in
            let target = try SMTPServer(at: server)
            let task = Task { try await SMTPSession.connect(to: target) }
            try await gate.waitUntilReached()
            task.cancel()
            let error = await #expect(throws: SMTPError.self) { try await task.value }
            #expect(error?.code == .cancelled)
            #expect(error?.underlying is CancellationError)
            try await server.waitForSessionsClosed(1)
            try await SMTPClient.send(AnyMessage.raw(), through: target)
            #expect(server.messageCount == 1)
        }
    }

    @Test("a greeting that takes too long is a typed error and closes the connection")
    func greetingTimeout() async throws {
        let gate = SMTPTestServer.Gate()
        let script: SMTPTestServer.Script = [.on(.connect, .hold(gate), .default)]
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            var configuration = SMTPConfiguration()
            configuration.timeouts.greeting = .milliseconds(20)
            let target = try SMTPServer(at: server)
            let error = await #expect(throws: SMTPError.self) {
                try await SMTPSession.connect(to: target, configuration: configuration)
            }
            #expect(error?.code == .timedOut)
            #expect(error?.stage == .greeting)
            try await server.waitForSessionsClosed(1)
        }
    }

    @Test(
        "a greeting other than 220 is an error that holds the reply",
        arguments: [
            ("554 5.7.1 go away", SMTPError.Code.greetingRefused, Acceptance.refusedPermanently),
            ("421 4.3.2 not now", .greetingRefused, .refusedTemporarily),
            ("450 4.3.2 later", .greetingRefused, .refusedTemporarily),
        ]
    )
    func refusedGreeting(greeting: String, code: SMTPError.Code, acceptance: Acceptance) async throws {
        let script: SMTPTestServer.Script = [.on(.connect, .reply(greeting))]
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            let target = try SMTPServer(at: server)
            let error = await #expect(throws: SMTPError.self) { try await SMTPSession.connect(to: target) }
            #expect(error?.code == code)
            #expect(error?.stage == .greeting)
            #expect(error?.reply?.description == greeting)
            #expect(error?.acceptance == acceptance)
            try await server.waitForSessionsClosed(1)
        }
    }
}
