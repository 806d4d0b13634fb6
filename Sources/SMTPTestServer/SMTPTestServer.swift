import NIOConcurrencyHelpers
import NIOCore
internal import NIOOpenSSL

/// An SMTP or LMTP server inside the process of a test.
///
/// It listens on a port, of the loopback unless told otherwise, or on a Unix socket, keeps what it receives, and does on demand what servers do
/// when they are broken: see ``Script``.
///
/// ```swift
/// @Test func sendsOneMessage() async throws {
///     try await SMTPTestServer.withServer { server in
///         try await sendMail(to: server.host, port: server.port)
///         #expect(server.messages.count == 1)
///         #expect(server.messages.first?.recipients.map(\.address) == ["bob@example.org"])
///     }
/// }
/// ```
///
/// It speaks TLS with a certificate that an ``Authority`` makes on the spot:
///
/// ```swift
/// let authority = try SMTPTestServer.Authority()
/// let identity = try authority.identity(for: ["localhost", "127.0.0.1"])
/// let configuration = SMTPTestServer.Configuration(tls: .startTLS(identity), users: ["alice": "secret"])
/// ```
///
/// By default it obeys RFC 5321, 1870, 2033, 2034, 2920, 3030, 3207, 3461, 4954, 6152 and 6531, and the SASL
/// mechanisms of RFC 2195, 4505, 4616, 5802, 7628 and 7677 with LOGIN and XOAUTH2. It shares no protocol code
/// with the client, so that one is a check of the other. A message is in ``messages`` before the client can
/// have read the reply that accepts it. Nothing that it records is redacted, passwords least of all.
public final class SMTPTestServer: Sendable {
    private let ledger: Ledger
    private let listener: Listener
    /// What the first shutdown removes; a later one must not remove the socket of another server.
    private let removable: NIOLockedValueBox<UnixSocketPath?>

    /// The address it listens on, as `127.0.0.1` or `::1`; `localhost` for a Unix socket.
    public let host: String

    /// The TCP port to connect to; 0 for a Unix socket.
    public let port: Int

    /// The path of the Unix socket; nil for TCP.
    public let unixSocketPath: String?

    private init(ledger: Ledger, listener: Listener, socketPath: UnixSocketPath?) {
        self.ledger = ledger
        self.listener = listener
        self.removable = NIOLockedValueBox(socketPath)
        self.host = listener.channel.localAddress?.ipAddress ?? "localhost"
        self.port = listener.channel.localAddress?.port ?? 0
        self.unixSocketPath = socketPath?.path
    }

    /// Starts a server, runs `body` with it, and shuts it down before it returns or throws.
    ///
    /// Throws ``SMTPTestServerError`` when the server cannot start or clean up, and what `body` throws.
    public static func withServer<Result>(
        _ configuration: Configuration = Configuration(),
        _ body: (SMTPTestServer) async throws -> Result
    ) async throws -> Result {
        let server = try await Self.start(configuration)
        let result: Result
        do {
            result = try await body(server)
        } catch {
            // The error of the body says more than one of the clean-up could.
            try? await server.shutdown()
            throw error
        }
        try await server.shutdown()
        return result
    }

    /// Starts a server; it accepts connections when this returns.
    ///
    /// Throws ``SMTPTestServerError`` with code `cannotListen`, `invalidTLS` or `fileSystem`. The caller has to call
    /// ``shutdown()``; ``withServer(_:_:)`` does it by itself.
    public static func start(
        _ configuration: Configuration = Configuration()
    ) async throws(SMTPTestServerError) -> SMTPTestServer {
        let socketPath: UnixSocketPath? =
            switch configuration.endpoint.kind {
            case .tcp: nil
            case .unixSocket(let path): UnixSocketPath(path)
            case .temporaryUnixSocket: try UnixSocketPath.temporary()
            }
        let ledger = Ledger(limits: configuration.limits)
        do {
            let address =
                switch (configuration.endpoint.kind, socketPath) {
                case (.tcp(let host, let port), _): try Self.address(host, port)
                case (_, let socketPath): try SocketAddress(unixDomainSocketPath: socketPath?.path ?? "")
                }
            let listener = try await Listener.start(configuration, at: address, ledger: ledger)
            return SMTPTestServer(ledger: ledger, listener: listener, socketPath: socketPath)
        } catch {
            if case .temporaryUnixSocket = configuration.endpoint.kind {
                try? socketPath?.remove()
            }
            if let error = error as? TLSError {
                throw SMTPTestServerError(.invalidTLS, underlyingError: error)
            }
            throw SMTPTestServerError(.cannotListen, "\(configuration.endpoint)", underlyingError: error)
        }
    }

    private static func address(_ host: String, _ port: Int) throws -> SocketAddress {
        // A name is looked up only where it is one.
        if let address = try? SocketAddress(ipAddress: host, port: port) { return address }
        return try SocketAddress.makeAddressResolvingHost(host, port: port)
    }

    /// Closes the listening socket and all connections, and returns when they are closed.
    ///
    /// Tasks that wait for something that has not happened get ``SMTPTestServerError`` with code `shutDown`.
    /// What was received can be read further on. A second call does nothing. Throws with code `fileSystem`
    /// when the socket file cannot be removed.
    public func shutdown() async throws(SMTPTestServerError) {
        await self.listener.close()
        self.ledger.close()
        let socketPath = self.removable.withLockedValue { path in
            defer { path = nil }
            return path
        }
        try socketPath?.remove()
    }

    /// The messages that were received completely and accepted, in the order of acceptance.
    public var messages: [ReceivedMessage] {
        self.ledger.read { $0.messages }
    }

    /// The number of messages that were accepted, those beyond `Limits.recordedMessages` included.
    public var messageCount: Int {
        self.ledger.read { $0.messageCount }
    }

    /// The number of connections that were accepted, those beyond `Limits.recordedSessions` included.
    public var sessionCount: Int {
        self.ledger.read { $0.sessionCount }
    }

    /// What happened on each connection so far, in the order of acceptance.
    public var sessions: [SessionRecord] {
        self.ledger.read { $0.sessions }
    }

    /// Waits until so many messages have been accepted since the start, and returns all there are.
    ///
    /// Throws ``SMTPTestServerError`` with code `cancelled` or `shutDown`.
    @discardableResult
    public func waitForMessages(_ count: Int) async throws(SMTPTestServerError) -> [ReceivedMessage] {
        try await self.ledger.wait { $0.messageCount >= count }
        return self.messages
    }

    /// Waits until the server has taken up a command for the `count`-th time, counted over all connections.
    ///
    /// The verb `CONNECT` stands for a connection, `CONTENT` for the first octet of a content behind 354 or
    /// of a first BDAT chunk. Throws ``SMTPTestServerError`` with code `cancelled` or `shutDown`.
    public func waitForCommand(_ verb: String, count: Int = 1) async throws(SMTPTestServerError) {
        let verb = verb.uppercased()
        try await self.ledger.wait { $0.commandCounts[verb] >= count }
    }

    /// Waits until so many connections have ended since the start.
    ///
    /// Throws ``SMTPTestServerError`` with code `cancelled` or `shutDown`.
    public func waitForSessionsClosed(_ count: Int) async throws(SMTPTestServerError) {
        try await self.ledger.wait { $0.closedSessionCount >= count }
    }
}
