import Foundation
import SMTPTestServer
import Testing

@Suite("smtp check: text", .timeLimit(.minutes(5)))
struct CheckTextTests {
    @Test("everything there is to know, each below its title")
    func text() async throws {
        let authority = try TestAuthority.shared
        let configuration = SMTPTestServer.Configuration(
            tls: .startTLS(authority.options()),
            users: ["ann": "pencil"],
            mechanisms: ["SCRAM-SHA-256", "CRAM-MD5", "PLAIN"]
        )
        try await SMTPTestServer.withServer(configuration) { server in
            let run = try await Tool.run(
                [
                    "check", "--server", server.url(host: "localhost", tls: nil), "--ca-file",
                    authority.file("ca.pem"), "--user", "ann",
                ],
                environment: ["SMTP_PASSWORD": "pencil"]
            )
            #expect(run.status == 0)
            #expect(run.errors.isEmpty)
            let output = run.output
            for part in [
                "server         smtp://localhost:\(server.port)\n", "greeting       220 mx.test.example",
                "extensions     PIPELINING\n               SIZE 52428800\n", "tls            TLS 1.3, TLS_",
                ", verified for localhost\n", "certificate    subject      CN=localhost\n",
                "names        localhost, 127.0.0.1\n", "issuer       CN=Test Root\n", "valid        20",
                "fingerprint  \(authority.server.certificate.fingerprint)\n",
                "pin          \(authority.pin)\n",
                "login by       SCRAM-SHA-256\n", "PLAIN: can be used, but another is preferred\n",
                "CRAM-MD5: it is not among the mechanisms allowed\n", "not offered: SCRAM-SHA-512-PLUS, ",
                "pipelining     session: as configured\n", "content by     DATA\n", "authenticated  yes\n",
            ] {
                #expect(output.contains(part), "\(part)\n\(output)")
            }
            #expect(!output.contains("\u{1B}"))
        }
    }

    @Test("without TLS it says so")
    func clear() async throws {
        try await SMTPTestServer.withServer { server in
            let run = try await Tool.run(["check", "--server", server.url()])
            #expect(run.output.contains("tls            none: what is said can be read on the way\n"))
        }
    }

    @Test("after a failure it shows what was found, and nothing that was not looked at")
    func failure() async throws {
        try await SMTPTestServer.withServer(.init(script: [.on(.command("EHLO"), .close)])) { server in
            let run = try await Tool.run(["check", "--server", server.url()])
            #expect(run.status == 69)
            #expect(run.output.contains("greeting       220 mx.test.example"))
            #expect(!run.output.contains("tls  "))
            #expect(run.errors.contains("disconnected"))
        }
    }

    @Test("colours only on a terminal, and not with NO_COLOR", arguments: [nil, "NO_COLOR", "TERM"])
    func colours(variable: String?) async throws {
        try await SMTPTestServer.withServer { server in
            let environment = variable.map { [$0: $0 == "TERM" ? "dumb" : "1"] } ?? [:]
            let run = try await Terminal.run(["check", "--server", server.url()], environment: environment)
            #expect(run.status == 0)
            #expect(run.shown.contains("\u{1B}[") == (variable == nil))
        }
    }

    @Test("what a server says moves no cursor", arguments: ["check", "verify"])
    func hostile(command: String) async throws {
        let evil = "\u{1B}]0;title\u{07}\u{1B}[2J"
        let configuration = SMTPTestServer.Configuration(
            greeting: "mx \(evil)",
            extensions: ["X-EVIL \(evil)", "AUTH \(evil)"],
            script: [.on(.command("VRFY"), .reply("250 \(evil)"))]
        )
        try await SMTPTestServer.withServer(configuration) { server in
            let run = try await Tool.run(
                [command, "--server", server.url()] + (command == "verify" ? ["x"] : [])
            )
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.output.contains("\\u{1B}"))
            #expect(!(run.output + run.errors).contains("\u{1B}"))
        }
    }
}
