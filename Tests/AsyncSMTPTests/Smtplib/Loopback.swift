import AsyncSMTP
import NIOOpenSSL
import SMTPTestServer
import Testing

/// Test servers on loopback and those who talk to them.
enum Loopback {
    /// Name clients give themselves, so that the octets do not depend on the host.
    static let helloName = "client.example"

    /// A configuration with a fixed name.
    static func configuration(
        _ configure: (inout SMTPConfiguration) -> Void = { _ in }
    ) throws -> SMTPConfiguration {
        var configuration = SMTPConfiguration()
        configuration.helloName = try HelloName(Self.helloName)
        // A busy machine must not decide whether the reply to QUIT comes in time.
        configuration.timeouts.quit = .seconds(60)
        configure(&configuration)
        return configuration
    }

    /// Where a test server is to be found.
    static func place(
        of server: SMTPTestServer,
        tls: TLSMode = .plaintext,
        flavour: Flavour = .smtp
    ) throws -> SMTPServer {
        if let path = server.unixSocketPath { return SMTPServer(unixSocket: path, flavour: flavour) }
        return try SMTPServer(host: server.host, port: server.port, tls: tls, flavour: flavour)
    }

    /// Both sides as ``Link/chosen`` wants them: where it says TLS, inside TLS, unless the test has a link of
    /// its own.
    private static func linked(
        _ server: SMTPTestServer.Configuration,
        _ client: SMTPConfiguration
    ) throws -> (server: SMTPTestServer.Configuration, client: SMTPConfiguration, tls: TLSMode) {
        guard Link.chosen != .clear, server.tls == nil, server.endpoint == .loopbackIPv4,
            !server.extensions.contains("STARTTLS")
        else { return (server, client, .plaintext) }
        var (server, client) = (server, client)
        server.tls = .implicit(try LoopbackTLS.shared.identity)
        if Link.chosen == .tlsOctets { server.segmentation = .everyByte }
        client.tls.trustRoots = try LoopbackTLS.shared.authority.trustRoots
        return (server, client, .implicit)
    }

    /// Runs a test with a server and a session that has read its greeting and said nothing; the session is
    /// closed afterwards.
    static func withSession(
        _ serverConfiguration: SMTPTestServer.Configuration = .init(),
        configure: (inout SMTPConfiguration) -> Void = { _ in },
        _ body: (SMTPTestServer, SMTPSession) async throws -> Void
    ) async throws {
        let flavour: Flavour = serverConfiguration.flavour == .lmtp ? .lmtp : .smtp
        let linked = try Self.linked(serverConfiguration, Self.configuration(configure))
        try await SMTPTestServer.withServer(linked.server) { server in
            let session = try await SMTPSession.connect(
                to: try Self.place(of: server, tls: linked.tls, flavour: flavour),
                configuration: linked.client
            )
            do {
                try await body(server, session)
            } catch {
                await session.close()
                throw error
            }
            await session.close()
        }
    }

    /// Runs a test with a server and a client for it, which is shut down afterwards.
    static func withClient(
        _ serverConfiguration: SMTPTestServer.Configuration = .init(),
        maximumConnections: Int = 4,
        configure: (inout SMTPConfiguration) -> Void = { _ in },
        _ body: (SMTPTestServer, SMTPClient) async throws -> Void
    ) async throws {
        let flavour: Flavour = serverConfiguration.flavour == .lmtp ? .lmtp : .smtp
        let linked = try Self.linked(serverConfiguration, Self.configuration(configure))
        try await SMTPTestServer.withServer(linked.server) { server in
            try await SMTPClient.withClient(
                try Self.place(of: server, tls: linked.tls, flavour: flavour),
                configuration: linked.client,
                maximumConnections: maximumConnections
            ) { client in
                try await body(server, client)
            }
        }
    }

    /// Checks that a session is still good: NOOP is answered by its own reply and nothing else.
    static func expectUsable(
        _ session: SMTPSession,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        #expect(await session.isOpen, sourceLocation: sourceLocation)
        #expect(try await session.noop().code == .ok, sourceLocation: sourceLocation)
    }
}

/// What several suites send.
enum Letter {
    static let text = """
        From: Ann <ann@example.org>\r
        To: Bob <bob@example.net>\r
        Subject: Greetings\r
        \r
        Hello Bob\r

        """

    static let content = MessageContent.text(Self.text)

    /// From Ann to these, Bob unless told otherwise.
    static func envelope(to recipients: [String] = ["bob@example.net"]) throws -> Envelope {
        try Envelope(from: "ann@example.org", to: recipients)
    }

    /// The header and a body line with these fields.
    static func message(_ fields: String...) -> RawMessage {
        RawMessage(.text(fields.map { $0 + "\r\n" }.joined() + "\r\nbody\r\n"))
    }
}

extension SMTPTestServer {
    /// The commands of the only connection there was.
    var commands: [String] { self.sessions.count == 1 ? self.sessions[0].commands : [] }
}

extension SMTPTestServer.ReceivedMessage {
    /// The paths of the recipients.
    var addresses: [String] { self.recipients.map(\.address) }
}
