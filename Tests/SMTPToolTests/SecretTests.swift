import Foundation
import SMTPTestServer
import Testing

@Suite("smtp: nothing secret on any stream", .timeLimit(.minutes(5)))
struct SecretTests {
    private static let password = "tOp-sEcret pencil"
    private static let token = "tOkEn-0123456789abcdef"

    /// How a login ends.
    enum End: CaseIterable { case success, wrongSecret, refusalWithEcho, malformedChallenge }

    /// A server repeats only what it can know: what the client has said, or that the user has this password.
    private static func script(_ mechanism: String, _ end: End) -> SMTPTestServer.Script {
        let secrets: [String] =
            switch mechanism {
            case "XOAUTH2", "OAUTHBEARER": [Self.token]
            case "PLAIN": [Self.password, "\0ann\0\(Self.password)"]
            default: [Self.password]
            }
        let forms = secrets.filter { !$0.hasPrefix("\0") } + secrets.map(Self.base64)
        let echo = SMTPTestServer.Action.reply("535 5.7.8 no: \(forms.joined(separator: " "))")
        switch (end, mechanism) {
        case (.success, _), (.wrongSecret, _): return []
        case (.refusalWithEcho, "LOGIN"): return [.on(.authResponse(occurrence: 2), echo)]
        case (.refusalWithEcho, "CRAM-MD5"): return [.on(.authResponse, echo)]
        case (.refusalWithEcho, _): return [.on(.command("AUTH"), echo)]
        case (.malformedChallenge, _):
            return [.on(.command("AUTH"), .reply("334 ====")), .on(.authResponse, .reply("501 no"))]
        }
    }

    private static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

    /// What must not be told: the secrets as they are and in base64, and what the client said during AUTH, as it
    /// was sent and field by field.
    private static func secrets(_ server: SMTPTestServer, _ secret: String) -> Set<String> {
        let lines = server.sessions.flatMap { session in
            Array(session.commands.drop { !$0.hasPrefix("AUTH ") }.prefix { $0 != "QUIT" })
        }
        let words = lines.flatMap { $0.split(separator: " ").map(String.init) }
        var result: Set<String> = [
            secret, Self.base64(secret), Self.base64("\0ann\0\(secret)"), Self.base64("ann\0ann\0\(secret)"),
        ]
        for word in words where word.utf8.count > 8 {
            guard let data = Data(base64Encoded: word) else { continue }
            result.insert(word)
            for field in String(decoding: data, as: UTF8.self).split(whereSeparator: {
                ",\u{1} ".contains($0)
            }) {
                let value = field.drop { $0 != "=" }.dropFirst()
                // OAUTHBEARER names the host, which is no secret.
                if value.count > 8, value != "127.0.0.1" { result.insert(String(value)) }
            }
        }
        return result
    }

    @Test(
        "neither password nor token, nor what proves them",
        arguments: [
            "PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512", "XOAUTH2",
            "OAUTHBEARER",
        ],
        End.allCases
    )
    func mechanism(mechanism: String, end: End) async throws {
        let usesToken = ["XOAUTH2", "OAUTHBEARER"].contains(mechanism)
        let secret = (usesToken ? Self.token : Self.password)
        let configuration = SMTPTestServer.Configuration(
            users: ["ann": end == .wrongSecret ? "another" : Self.password],
            tokens: ["ann": end == .wrongSecret ? "another" : Self.token],
            mechanisms: [mechanism],
            script: Self.script(mechanism, end)
        )
        try await TestFile.with(secret + "\n") { file in
            for command in [["check"], ["check", "--json"], ["verify", "bob"]] {
                try await SMTPTestServer.withServer(configuration) { server in
                    let run = try await Tool.run(
                        command + [
                            "--server", server.url(), "--user", "ann", "--auth", mechanism,
                            "--allow-plaintext-auth", usesToken ? "--token-file" : "--password-file", file,
                        ]
                    )
                    #expect(
                        server.sessions.first?.commands.contains { $0.hasPrefix("AUTH \(mechanism)") } == true
                    )
                    #expect((run.status == 0) == (end == .success && run.errors.isEmpty), "\(run.errors)")
                    if end != .success { #expect(run.status == 77, "\(run.errors)") }
                    for secret in Self.secrets(server, secret) {
                        #expect(!run.output.contains(secret), "\(secret)")
                        #expect(!run.errors.contains(secret), "\(secret)")
                    }
                }
            }
        }
    }
}
