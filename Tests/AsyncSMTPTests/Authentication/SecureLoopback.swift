import AsyncSMTP
import SMTPTestServer
import Testing

/// Test servers that speak TLS from the first octet, and sessions that trust them.
struct SecureLoopback {
    let authority: SMTPTestServer.Authority
    var server: SMTPTestServer.Configuration

    static let user = Credentials(username: "user", password: "pencil")

    /// A server that knows user/pencil.
    init(
        _ mechanisms: [String] = SMTPTestServer.Configuration.allMechanisms,
        key: SMTPTestServer.Authority.KeyKind = .ecP256,
        script: SMTPTestServer.Script = []
    ) throws {
        let authority = try SMTPTestServer.Authority()
        self.authority = authority
        self.server = SMTPTestServer.Configuration(
            tls: .implicit(try authority.identity(for: ["127.0.0.1"], key: key)),
            users: ["user": "pencil"],
            tokens: ["user": "tok"],
            mechanisms: mechanisms,
            script: script
        )
    }

    /// A configuration that trusts the authority.
    func configuration(_ configure: (inout SMTPConfiguration) -> Void = { _ in }) throws -> SMTPConfiguration
    {
        try Loopback.configuration {
            $0.tls.trustRoots = self.authority.trustRoots
            configure(&$0)
        }
    }

    /// Runs a test with the server and a session that has read its greeting; closes the session afterwards.
    func withSession(
        configure: (inout SMTPConfiguration) -> Void = { _ in },
        _ body: (SMTPTestServer, SMTPSession) async throws -> Void
    ) async throws {
        let configuration = try self.configuration(configure)
        try await SMTPTestServer.withServer(self.server) { server in
            let session = try await SMTPSession.connect(
                to: try SMTPServer(host: "127.0.0.1", port: server.port, tls: .implicit),
                configuration: configuration
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
}

extension SMTPSession {
    /// The error a login ends with.
    func errorOfLogIn(
        _ credentials: Credentials = SecureLoopback.user,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> SMTPError {
        try await #require(throws: SMTPError.self, sourceLocation: sourceLocation) {
            try await self.logIn(credentials)
        }
    }
}
