import AsyncSMTP
import NIOOpenSSL
import SMTPTestServer

/// One certificate for `localhost` and `127.0.0.1`, made once, and clients that trust it.
struct LoopbackTLS: Sendable {
    private static let made = Result { try LoopbackTLS() }

    /// The same for all tests.
    static var shared: LoopbackTLS { get throws { try Self.made.get() } }

    let authority: SMTPTestServer.Authority
    let identity: TLSIdentity

    private init() throws {
        self.authority = try SMTPTestServer.Authority()
        self.identity = try self.authority.identity(for: ["localhost", "127.0.0.1"])
    }

    /// A configuration with a fixed name that trusts the authority.
    func configuration(_ configure: (inout SMTPConfiguration) -> Void = { _ in }) throws -> SMTPConfiguration
    {
        try Loopback.configuration {
            $0.tls.trustRoots = self.authority.trustRoots
            configure(&$0)
        }
    }

    /// A server with this certificate, and a session that has read its greeting; closed afterwards.
    ///
    /// - Parameters:
    ///   - mode: When the client encrypts.
    ///   - start: When the server does; nil for the mode's own way.
    static func withSession(
        _ mode: TLSMode = .implicit,
        host: String = "localhost",
        start: TLSMode? = nil,
        _ serverConfiguration: SMTPTestServer.Configuration = .init(),
        configure: (inout SMTPConfiguration) -> Void = { _ in },
        _ body: (SMTPTestServer, SMTPSession) async throws -> Void
    ) async throws {
        let shared = try Self.shared
        var serverConfiguration = serverConfiguration
        serverConfiguration.tls =
            (start ?? mode) == .implicit ? .implicit(shared.identity) : .startTLS(shared.identity)
        let flavour: Flavour = serverConfiguration.flavour == .lmtp ? .lmtp : .smtp
        let configuration = try shared.configuration(configure)
        try await SMTPTestServer.withServer(serverConfiguration) { server in
            let place = try SMTPServer(host: host, port: server.port, tls: mode, flavour: flavour)
            let session = try await SMTPSession.connect(to: place, configuration: configuration)
            do {
                try await body(server, session)
            } catch {
                await session.close()
                throw error
            }
            await session.close()
        }
    }
}
