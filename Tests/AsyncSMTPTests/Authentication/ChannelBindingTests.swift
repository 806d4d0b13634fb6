import AsyncSMTP
import SMTPTestServer
import Testing
import TransferEncoding

/// SCRAM over real TLS: what binds the proof to the connection.
@Suite("Authentication: channel binding", .timeLimit(.minutes(5)))
struct ChannelBindingTests {
    /// The GS2 header of the only exchange.
    private func header(_ server: SMTPTestServer) throws -> String {
        let command = try #require(server.commands.first { $0.hasPrefix("AUTH ") })
        let response = try #require(command.split(separator: " ").last)
        let message = try #require(Base64.decode(Array(response.utf8)))
        return String(decoding: message, as: UTF8.self).split(separator: ",").prefix(1).joined()
    }

    @Test(
        "S-D4.1 the binding that the policy prefers, with the mechanism that carries it",
        arguments: [
            ([ChannelBinding.Kind.tlsExporter, .tlsServerEndPoint], "p=tls-exporter"),
            ([.tlsServerEndPoint, .tlsExporter], "p=tls-server-end-point"),
            ([.tlsServerEndPoint], "p=tls-server-end-point"),
        ]
    )
    func plus(kinds: [ChannelBinding.Kind], flag: String) async throws {
        let loopback = try SecureLoopback(["SCRAM-SHA-256", "SCRAM-SHA-256-PLUS", "PLAIN"])
        try await loopback.withSession(configure: { $0.authentication.channelBindings = kinds }) {
            server,
            session in
            try await session.logIn(SecureLoopback.user)
            #expect(await session.isAuthenticated)
            #expect(server.sessions.first?.authentication?.mechanism == "SCRAM-SHA-256-PLUS")
            #expect(server.sessions.first?.tls?.version == .tls13)
            #expect(try self.header(server) == flag)
        }
    }

    @Test("S-D4.1 over TLS 1.2 as well")
    func olderTLS() async throws {
        let loopback = try SecureLoopback(["SCRAM-SHA-256-PLUS"])
        try await loopback.withSession(configure: { $0.tls.maximumVersion = .tls12 }) { server, session in
            try await session.logIn(SecureLoopback.user)
            #expect(server.sessions.first?.tls?.version == .tls12)
            #expect(server.sessions.first?.authentication?.mechanism == "SCRAM-SHA-256-PLUS")
        }
    }

    @Test("S-D4.2 a server that offers no binding hears that the client has one")
    func notOffered() async throws {
        let loopback = try SecureLoopback(["SCRAM-SHA-256"])
        try await loopback.withSession { server, session in
            try await session.logIn(SecureLoopback.user)
            #expect(try self.header(server) == "y")
            let final = try #require(server.commands.dropFirst(2).first)
            let message = try #require(Base64.decode(Array(final.utf8)))
            #expect(String(decoding: message, as: UTF8.self).hasPrefix("c=eSws,"))
        }
    }

    @Test("S-D4.2 a server whose offer of a binding was taken away on the way refuses")
    func offerTakenAway() async throws {
        let loopback = try SecureLoopback(["SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"])
        try await loopback.withSessionBehindRelay(removing: " SCRAM-SHA-256-PLUS") { server, session in
            let error = try await session.errorOfLogIn()
            #expect(error.reply?.code.value == 535)
            #expect(try self.header(server) == "y")
        }
    }

    @Test(
        "S-D4.3 somebody in the middle, with a certificate that the client trusts, cannot pass a proof on",
        arguments: [ChannelBinding.Kind.tlsExporter, .tlsServerEndPoint]
    )
    func middle(kind: ChannelBinding.Kind) async throws {
        let loopback = try SecureLoopback(["SCRAM-SHA-256-PLUS"])
        try await loopback.withSessionBehindRelay(
            configure: { $0.authentication.channelBindings = [kind] }
        ) { server, session in
            let error = try await session.errorOfLogIn()
            #expect(error.code == .authenticationFailed)
            #expect(error.reply?.code.value == 535)
            #expect(server.sessions.map(\.authenticatedUser) == [nil])
            #expect(await !session.isAuthenticated)
        }
    }

    @Test("S-D4.3 the same middle passes a proof that is not bound: the test above can fail")
    func middleWithoutBinding() async throws {
        let loopback = try SecureLoopback(["SCRAM-SHA-256"])
        try await loopback.withSessionBehindRelay { server, session in
            try await session.logIn(SecureLoopback.user)
            #expect(server.sessions.map(\.authenticatedUser) == ["user"])
        }
    }

    @Test("S-D4.4 with a certificate of Ed25519, which has no end point binding, the exporter is taken")
    func ed25519() async throws {
        let loopback = try SecureLoopback(["SCRAM-SHA-256-PLUS"], key: .ed25519)
        try await loopback.withSession(
            configure: { $0.authentication.channelBindings = [.tlsServerEndPoint, .tlsExporter] }
        ) { server, session in
            try await session.logIn(SecureLoopback.user)
            #expect(["p=tls-exporter", "p=tls-server-end-point"].contains(try self.header(server)))
        }
    }
}
