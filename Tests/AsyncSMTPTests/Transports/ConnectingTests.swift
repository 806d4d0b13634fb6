import AsyncSMTP
import NIOCore
import SMTPTestServer
import Testing

@Suite("Transports: connecting", .timeLimit(.minutes(20)))
struct ConnectingTests {
    @Test("a message goes over", arguments: [TestTransport.ipv4, .unixSocket], [Flavour.smtp, .lmtp])
    func transport(transport: TestTransport, flavour: Flavour) async throws {
        try await self.send(over: transport, flavour)
    }

    @Test(
        "a message goes over IPv6",
        .enabled("needs ::1") { await TestTransport.canBind("::1") },
        arguments: [Flavour.smtp, .lmtp]
    )
    func ipv6(flavour: Flavour) async throws {
        try await self.send(over: .ipv6, flavour)
    }

    private func send(over transport: TestTransport, _ flavour: Flavour) async throws {
        let configuration = SMTPTestServer.Configuration(
            endpoint: transport.endpoint,
            flavour: flavour == .smtp ? .smtp : .lmtp
        )
        try await SMTPTestServer.withServer(configuration) { server in
            let receipt = try await SMTPClient.send(
                AnyMessage.raw(),
                through: SMTPServer(at: server, flavour: flavour)
            )
            #expect(receipt.negotiation.flavour == flavour)
            #expect(server.messages.map(\.text) == [AnyMessage.text])
            try await server.waitForSessionsClosed(1)
            #expect(server.sessions.map(\.end) == [.quit])
        }
    }

    @Test("an address with a port in one text", arguments: ["127.0.0.1:", "localhost:", "LOCALHOST.:"])
    func hostAndPort(prefix: String) async throws {
        try await SMTPTestServer.withServer { server in
            try await SMTPClient.send(
                AnyMessage.raw(),
                through: SMTPServer(host: "\(prefix)\(server.port)", tls: .plaintext)
            )
            #expect(server.messageCount == 1)
        }
    }

    @Test(
        "an IPv6 literal with a port",
        .enabled("needs ::1") { await TestTransport.canBind("::1") }
    )
    func ipv6Literals() async throws {
        try await SMTPTestServer.withServer(.init(endpoint: .loopbackIPv6)) { server in
            for target in [
                try SMTPServer(host: "[::1]:\(server.port)", tls: .plaintext),
                try SMTPServer(host: "[0:0::1]", port: server.port, tls: .plaintext),
                try SMTPServer(host: "::1", port: server.port, tls: .plaintext),
                try SMTPServer(url: "smtp://[::1]:\(server.port)?tls=none"),
            ] {
                try await SMTPClient.send(AnyMessage.raw(), through: target)
            }
            #expect(server.messageCount == 4)
        }
    }

    @Test("Q72 localhost: the server listens on 127.0.0.1 only, and is found")
    func localhost() async throws {
        try await SMTPTestServer.withServer(.init(endpoint: .loopbackIPv4)) { server in
            try await SMTPClient.send(
                AnyMessage.raw(),
                through: SMTPServer(host: "localhost", port: server.port, tls: .plaintext)
            )
            #expect(server.messageCount == 1)
        }
    }

    @Test(
        "Q72 localhost: the server listens on ::1 only",
        .enabled("needs localhost on ::1") {
            await Self.resolvesToIPv6("localhost")
        }
    )
    func localhostIPv6() async throws {
        try await SMTPTestServer.withServer(.init(endpoint: .loopbackIPv6)) { server in
            try await SMTPClient.send(
                AnyMessage.raw(),
                through: SMTPServer(host: "localhost", port: server.port, tls: .plaintext)
            )
            #expect(server.messageCount == 1)
        }
    }

    private static func resolvesToIPv6(_ host: String) async -> Bool {
        let address = try? SocketAddress.makeAddressResolvingHost(host, port: 25)
        guard address?.ipAddress == "::1" else { return false }
        return await TestTransport.canBind("::1")
    }

    @Test(
        "S-A5 a host or port that can be none is an error",
        arguments: [
            "", " ", "a b", "a:b", "localhost:", "localhost:0", "localhost:65536", "localhost:-1",
            "localhost:+25",
            "[::1", "[::1]25", "[::1]:x", "::1]", "localhost\r\nQUIT", "a..b", "a@b", "[host.example]:25",
        ]
    )
    func notAHost(host: String) {
        let error = #expect(throws: SMTPError.self) { try SMTPServer(host: host, tls: .plaintext) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.stage == .preparation)
    }

    @Test("LMTP never uses port 25 (R2033-4)")
    func port25() throws {
        let error = #expect(throws: SMTPError.self) {
            try SMTPServer(host: "localhost", port: 25, flavour: .lmtp)
        }
        #expect(error?.code == .invalidArgument)
        #expect(try SMTPServer(host: "localhost", flavour: .lmtp).description == "lmtp://localhost:24")
        #expect(try SMTPServer(host: "localhost", tls: .plaintext).description == "smtp://localhost:25?tls=none")
        #expect(
            try SMTPServer(host: "[::1]:2525", tls: .plaintext).description == "smtp://[::1]:2525?tls=none"
        )
    }
}
