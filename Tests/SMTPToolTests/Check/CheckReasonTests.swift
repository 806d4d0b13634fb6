import Foundation
import SMTPTestServer
import Testing

@Suite("smtp check: what would be used, and why", .timeLimit(.minutes(5)))
struct CheckReasonTests {
    private static func reasons(_ run: Tool.Run) throws -> [String: String] {
        let mechanisms = try #require(try run.json()["mechanisms"] as? [[String: Any]], "\(run.errors)")
        var result: [String: String] = [:]
        for mechanism in mechanisms {
            result[mechanism["name"] as? String ?? ""] = mechanism["reason"] as? String
            #expect((mechanism["usable"] as? Bool == true) == (mechanism["reason"] as? String == "usable"))
        }
        return result
    }

    private static let all = SMTPTestServer.Configuration.allMechanisms + ["X-OWN"]

    @Test("in clear and without a user")
    func clear() async throws {
        let configuration = SMTPTestServer.Configuration(extensions: [
            "AUTH \(Self.all.joined(separator: " "))"
        ])
        try await SMTPTestServer.withServer(configuration) { server in
            let run = try await Tool.run(["check", "--json", "--server", server.url()])
            #expect(run.status == 0, "\(run.errors)")
            let reasons = try Self.reasons(run)
            #expect(reasons["PLAIN"] == "revealsSecret")
            #expect(reasons["XOAUTH2"] == "revealsSecret")
            #expect(reasons["SCRAM-SHA-256"] == "noCredentials")
            #expect(reasons["SCRAM-SHA-256-PLUS"] == "noChannelBinding")
            #expect(reasons["CRAM-MD5"] == "notAllowed")
            #expect(reasons["X-OWN"] == "unknown")
            #expect(try run.json()["mechanism"] is NSNull)
            #expect(try run.json()["authenticated"] as? Bool == false)
        }
    }

    @Test("over TLS with a password: the first that is allowed, offered and fits is used")
    func password() async throws {
        let authority = try TestAuthority.shared
        let configuration = SMTPTestServer.Configuration(
            tls: .implicit(authority.options()),
            users: ["ann": "pencil"],
            mechanisms: ["XOAUTH2", "PLAIN", "SCRAM-SHA-1", "CRAM-MD5"]
        )
        try await SMTPTestServer.withServer(configuration) { server in
            let run = try await Tool.run(
                [
                    "check", "--json", "--server", server.url("smtps", host: "localhost", tls: nil),
                    "--ca-file", authority.file("ca.pem"), "--user", "ann", "--auth",
                    "SCRAM-SHA-256,XOAUTH2,SCRAM-SHA-1,PLAIN",
                ],
                environment: ["SMTP_PASSWORD": "pencil"]
            )
            #expect(
                try Self.reasons(run) == [
                    "SCRAM-SHA-256": "notOffered", "XOAUTH2": "credentialsDoNotFit", "SCRAM-SHA-1": "usable",
                    "PLAIN": "usable", "CRAM-MD5": "notAllowed",
                ]
            )
            #expect(try run.json()["mechanism"] as? String == "SCRAM-SHA-1")
            #expect(server.sessions.first?.authentication?.mechanism == "SCRAM-SHA-1")
        }
    }

    @Test("a server that is not verified is told no password")
    func unverified() async throws {
        let configuration = SMTPTestServer.Configuration(
            tls: .implicit(try TestAuthority.shared.options()),
            users: ["ann": "pencil"]
        )
        try await SMTPTestServer.withServer(configuration) { server in
            let run = try await Tool.run(
                [
                    "check", "--json", "--server", server.url("smtps", tls: nil), "--user", "ann",
                    "--insecure-skip-verification",
                ],
                environment: ["SMTP_PASSWORD": "pencil"]
            )
            #expect(run.status == 77)
            #expect(try Self.reasons(run)["PLAIN"] == "revealsSecret")
            #expect(run.errors.contains("needs a verified server"))
        }
    }

    @Test(
        "pipelining: not offered, BURL, limits",
        arguments: [
            (["SIZE"], "disabled", "notOffered"),
            (["PIPELINING", "BURL imap"], "transaction", "takesMessagesOneByOne"),
            (["PIPELINING", "LIMITS RCPTDOMAINMAX=1"], "transaction", "limitsRecipientDomains"),
            (["PIPELINING"], "session", "configured"),
        ] as [([String], String, String)]
    )
    func pipelining(extensions: [String], level: String, reason: String) async throws {
        try await SMTPTestServer.withServer(.init(extensions: extensions)) { server in
            let run = try await Tool.run(["check", "--json", "--server", server.url()])
            let choice = try run.json()["pipelining"] as? [String: String]
            #expect(choice?["level"] == level)
            #expect(choice?["reason"] == reason)
            #expect(choice?["explanation"]?.isEmpty == false)
        }
    }

    @Test("a server that knows only HELO")
    func helo() async throws {
        let script: SMTPTestServer.Script = [.on(.command("EHLO"), .reply("502 what?"))]
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            let run = try await Tool.run(["check", "--json", "--server", server.url()])
            #expect(run.status == 0, "\(run.errors)")
            #expect((try run.json()["extensions"] as? [String: Any])?.isEmpty == true)
            #expect((try run.json()["pipelining"] as? [String: String])?["reason"] == "notOffered")
            let text = try await Tool.run(["check", "--server", server.url()])
            #expect(text.output.contains("the server knows only HELO"))
        }
    }
}
