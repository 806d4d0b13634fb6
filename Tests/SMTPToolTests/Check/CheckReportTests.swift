import Foundation
import SMTPTestServer
import Testing

@Suite("smtp check --json", .timeLimit(.minutes(5)))
struct CheckReportTests {
    private static let keys: Set<String> = [
        "server", "greeting", "serverName", "extensions", "authMechanisms", "tls", "mechanism", "mechanisms",
        "pipelining", "chunking", "authenticated", "error",
    ]

    @Test("keys and types, over TLS and logged in")
    func keys() async throws {
        let authority = try TestAuthority.shared
        let configuration = SMTPTestServer.Configuration(
            tls: .startTLS(authority.options()),
            users: ["ann": "pencil"],
            mechanisms: ["SCRAM-SHA-256-PLUS", "PLAIN"]
        )
        try await SMTPTestServer.withServer(configuration) { server in
            let run = try await Tool.run(
                [
                    "check", "--json", "--server", server.url(host: "localhost", tls: nil), "--user", "ann",
                    "--ca-file", authority.file("ca.pem"),
                ],
                environment: ["SMTP_PASSWORD": "pencil"]
            )
            #expect(run.status == 0)
            #expect(run.errors.isEmpty)
            #expect(run.output.split(separator: "\n").count == 1)
            let report = try run.json()
            #expect(Set(report.keys) == Self.keys)
            #expect(report["server"] as? String == "smtp://localhost:\(server.port)")
            let greeting = try #require(report["greeting"] as? [String: Any])
            #expect(Set(greeting.keys) == ["code", "enhanced", "text"])
            #expect(greeting["code"] as? Int == 220)
            #expect(greeting["enhanced"] is NSNull)
            #expect((greeting["text"] as? String)?.hasPrefix("mx.test.example") == true)
            #expect(report["serverName"] as? String == "mx.test.example")
            let extensions = try #require(report["extensions"] as? [String: [String]])
            #expect(extensions["SIZE"] == ["52428800"])
            #expect(extensions["PIPELINING"] == [])
            #expect(report["authMechanisms"] as? [String] == ["SCRAM-SHA-256-PLUS", "PLAIN"])
            #expect(report["mechanism"] as? String == "SCRAM-SHA-256-PLUS")
            let mechanisms = try #require(report["mechanisms"] as? [[String: Any]])
            for mechanism in mechanisms {
                #expect(Set(mechanism.keys) == ["name", "usable", "reason", "explanation"])
                #expect(mechanism["explanation"] is String)
            }
            let pipelining = try #require(report["pipelining"] as? [String: String])
            #expect(Set(pipelining.keys) == ["level", "reason", "explanation"])
            #expect(report["chunking"] as? Bool == false)
            #expect(report["authenticated"] as? Bool == true)
            #expect(report["error"] is NSNull)
        }
    }

    @Test("TLS facts and the certificate")
    func certificate() async throws {
        let authority = try TestAuthority.shared
        let certificate = authority.server.certificate
        let configuration = SMTPTestServer.Configuration(tls: .implicit(authority.options()))
        try await SMTPTestServer.withServer(configuration) { server in
            let run = try await Tool.run([
                "check", "--json", "--server", server.url("smtps", host: "localhost", tls: nil), "--ca-file",
                authority.file("ca.pem"),
            ])
            let tls = try #require(try run.json()["tls"] as? [String: Any])
            #expect(Set(tls.keys) == ["version", "cipher", "verified", "verifiedName", "certificate"])
            #expect(tls["version"] as? String == "TLS 1.3")
            #expect((tls["cipher"] as? String)?.hasPrefix("TLS_") == true)
            #expect(tls["verified"] as? Bool == true)
            #expect(tls["verifiedName"] as? String == "localhost")
            let report = try #require(tls["certificate"] as? [String: Any])
            #expect(report["subject"] as? String == certificate.subject)
            #expect(report["issuer"] as? String == "CN=Test Root")
            #expect(report["names"] as? [String] == ["localhost", "127.0.0.1"])
            #expect(report["notBefore"] as? Int64 == certificate.notBefore.secondsSince1970)
            #expect(report["notAfter"] as? Int64 == certificate.notAfter.secondsSince1970)
            #expect(report["fingerprint"] as? String == certificate.fingerprint)
            #expect(report["pin"] as? String == authority.pin)
            #expect(report.count == 7)
        }
    }

    /// A failure, and what must be known by then.
    struct Failure: Sendable, CustomTestStringConvertible {
        var script: SMTPTestServer.Script
        var code: String
        var stage: String
        var reply: Int?
        var status: Int32
        var hasGreeting = true
        var hasExtensions = false

        var testDescription: String { self.code }
    }

    @Test(
        "after a failure the error and what was found before",
        arguments: [
            Failure(
                script: [.on(.connect, .reply("554 5.7.1 not you"))],
                code: "greetingRefused",
                stage: "greeting",
                reply: 554,
                status: 77
            ),
            Failure(
                script: [.on(.connect, .raw("SSH-2.0-x\r\n"))],
                code: "malformedReply",
                stage: "greeting",
                status: 76,
                hasGreeting: false
            ),
            Failure(
                script: [.on(.command("EHLO"), .reply("421 4.3.2 shutting down"), .close)],
                code: "helloRefused",
                stage: "hello",
                reply: 421,
                status: 75
            ),
            Failure(
                script: [.on(.command("EHLO"), .close)],
                code: "disconnected",
                stage: "hello",
                status: 69
            ),
            Failure(
                script: [.on(.command("AUTH"), .reply("535 5.7.8 no"))],
                code: "authenticationFailed",
                stage: "authentication",
                reply: 535,
                status: 77,
                hasExtensions: true
            ),
        ]
    )
    func failures(failure: Failure) async throws {
        let configuration = SMTPTestServer.Configuration(
            users: ["ann": "pencil"],
            mechanisms: ["SCRAM-SHA-256"],
            script: failure.script
        )
        try await SMTPTestServer.withServer(configuration) { server in
            let run = try await Tool.run(
                ["check", "--json", "--server", server.url(), "--user", "ann"],
                environment: ["SMTP_PASSWORD": "pencil"]
            )
            #expect(run.status == failure.status, "\(run.errors)")
            #expect(run.errors.hasPrefix("smtp: "))
            let report = try run.json()
            #expect(Set(report.keys) == Self.keys)
            #expect((report["greeting"] is [String: Any]) == failure.hasGreeting)
            #expect((report["extensions"] as? [String: Any])?.isEmpty == !failure.hasExtensions)
            #expect(report["authenticated"] as? Bool == false)
            let error = try #require(report["error"] as? String)
            #expect(error.hasPrefix("\(failure.code) (\(failure.stage)): "))
            if let reply = failure.reply { #expect(error.contains("server: \(reply) ")) }
        }
    }
}
