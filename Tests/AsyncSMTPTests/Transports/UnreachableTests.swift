import AsyncSMTP
import NIOCore
import NIOPosix
import SMTPTestServer
import Testing

@Suite("Transports: servers that cannot be reached", .timeLimit(.minutes(20)))
struct UnreachableTests {
    private func error(
        connectingTo server: SMTPServer,
        _ configuration: SMTPConfiguration = SMTPConfiguration()
    ) async throws -> SMTPError {
        let error = await #expect(throws: SMTPError.self) {
            try await SMTPSession.connect(to: server, configuration: configuration)
        }
        return try #require(error)
    }

    @Test("Q72 a name with dead addresses only: the error lists every address that was tried")
    func deadAddresses() async throws {
        let port = try await TestTransport.closedPort()
        let error = try await self.error(
            connectingTo: SMTPServer(host: "localhost", port: port, tls: .plaintext)
        )
        #expect(error.code == .cannotConnect)
        #expect(error.stage == .connect)
        #expect(error.acceptance == .notAccepted)
        #expect(error.retryAdvice == .retryOnNewConnection)
        let attempts = try #require(error.underlying as? NIOConnectionError).connectionErrors
        #expect(!attempts.isEmpty)
        for attempt in attempts {
            let address = try #require(attempt.target.ipAddress)
            #expect(error.message.contains(address))
        }
    }

    @Test("a refused port", arguments: ["127.0.0.1", "localhost"])
    func refused(host: String) async throws {
        let port = try await TestTransport.closedPort()
        let error = try await self.error(connectingTo: SMTPServer(host: host, port: port, tls: .plaintext))
        #expect(error.code == .cannotConnect)
        #expect(error.stage == .connect)
        #expect(error.message.contains(host))
        #expect(error.message.contains(String(port)))
        #expect(error.reply == nil)
    }

    @Test("a name that does not exist")
    func unknownHost() async throws {
        let error = try await self.error(
            connectingTo: SMTPServer(host: "name.invalid", port: 2525, tls: .plaintext)
        )
        #expect(error.code == .hostUnknown)
        #expect(error.stage == .connect)
        #expect(error.message.contains("name.invalid"))
        #expect(error.acceptance == .notAccepted)
    }

    @Test("a client's send fails with the same error, and its next send tries again")
    func client() async throws {
        let port = try await TestTransport.closedPort()
        try await SMTPClient.withClient(SMTPServer(host: "127.0.0.1", port: port, tls: .plaintext)) {
            client in
            let message = try AnyMessage.raw()
            let error = await #expect(throws: SMTPError.self) { try await client.send(message) }
            #expect(error?.code == .cannotConnect)
            try await SMTPTestServer.withServer(.init(endpoint: .loopbackIPv4(port: port))) { server in
                try await client.send(message)
                #expect(server.messageCount == 1)
            }
        }
    }

    @Test(
        "no such Unix socket, or a path that can be none",
        arguments: [
            "/nonexistent/socket", "/dev/null", "", String(repeating: "/long", count: 100),
        ]
    )
    func unixSocket(path: String) async throws {
        let error = try await self.error(connectingTo: SMTPServer(unixSocket: path))
        #expect(error.code == .cannotConnect)
        #expect(error.stage == .connect)
    }

    @Test(
        "source addresses that are not ours, or of the other family",
        arguments: [
            SourceAddress("192.0.2.1"), SourceAddress("::1"),
        ]
    )
    func source(address: SourceAddress) async throws {
        try await SMTPTestServer.withServer { server in
            var configuration = SMTPConfiguration()
            configuration.sourceAddress = address
            let error = try await self.error(connectingTo: SMTPServer(at: server), configuration)
            #expect(error.code == .cannotConnect)
            #expect(error.stage == .connect)
            #expect(server.sessions.isEmpty)
        }
    }

    @Test(
        "source addresses that are none",
        arguments: [
            SourceAddress("localhost"), SourceAddress(""), SourceAddress("127.0.0.1:25"),
            SourceAddress("127.0.0.1", port: 65_536), SourceAddress("127.0.0.1", port: -1),
        ]
    )
    func notAnAddress(address: SourceAddress) async throws {
        try await SMTPTestServer.withServer { server in
            var configuration = SMTPConfiguration()
            configuration.sourceAddress = address
            let error = try await self.error(connectingTo: SMTPServer(at: server), configuration)
            #expect(error.code == .invalidArgument || error.code == .cannotConnect)
            #expect(error.acceptance == .notAccepted)
            #expect(server.sessions.isEmpty)
        }
    }

    @Test("the server sees the source port that was asked for")
    func sourcePort() async throws {
        let source = try await TestTransport.closedPort()
        try await self.expectCaller("127.0.0.1", port: source, from: SourceAddress("127.0.0.1", port: source))
    }

    @Test(
        "the server sees the source address that was asked for",
        .enabled("needs 127.0.0.2") { await TestTransport.canBind("127.0.0.2") }
    )
    func sourceAddress() async throws {
        try await self.expectCaller("127.0.0.2", port: nil, from: SourceAddress("127.0.0.2"))
    }

    private func expectCaller(_ address: String, port: Int?, from source: SourceAddress) async throws {
        try await CallerRecorder.with { recorder in
            var configuration = SMTPConfiguration()
            configuration.sourceAddress = source
            configuration.timeouts.quit = .seconds(300)
            let session = try await SMTPSession.connect(
                to: SMTPServer(host: "127.0.0.1", port: recorder.port, tls: .plaintext),
                configuration: configuration
            )
            var callers = recorder.callers.makeAsyncIterator()
            let caller = try #require(await callers.next() ?? nil)
            #expect(caller.ipAddress == address)
            #expect(port == nil || caller.port == port)
            #expect(await session.quit()?.code == .closing)
        }
    }
}
