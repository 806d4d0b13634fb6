import AsyncSMTP
import SMTPTestServer

/// Logs in by a mechanism of our own, over TLS, to a server inside this program.
@main
struct OwnMechanism {
    static func main() async throws {
        // The authority signs the server's certificate, and the client trusts nobody else.
        let authority = try SMTPTestServer.Authority()
        let script: SMTPTestServer.Script = [
            .on(.command("AUTH"), .reply("334 bWFpbA==")),
            .on(.authResponse, .reply("235 2.7.0 welcome")),
        ]
        let configuration = SMTPTestServer.Configuration(
            tls: .startTLS(try authority.identity(for: ["localhost"])),
            extensions: ["AUTH X-SERVICE-KEY"],
            script: script
        )
        try await SMTPTestServer.withServer(configuration) { server in
            try await self.logIn(to: server, trusting: authority)
        }
    }

    private static func logIn(
        to server: SMTPTestServer,
        trusting authority: SMTPTestServer.Authority
    ) async throws {
        var configuration = SMTPConfiguration()
        configuration.tls.trustRoots = .pem(Array(authority.certificatePEM.utf8))
        configuration.transcript = .lines { print("  \($0)") }
        let place = try SMTPServer(host: "localhost", port: server.port, tls: .startTLS)
        try await SMTPSession.withSession(to: place, configuration: configuration) { session in
            let mechanism = KeyMechanism(identifier: "robot", keys: ["mail": "a key that nobody sees"])
            let reply = try await session.authenticate(with: mechanism)
            print("\nlogged in: \(reply)\n")
        }
    }
}
