import Foundation
import NIOOpenSSL
import SMTPTestServer
import Testing

@Suite("smtp: where the server is", .timeLimit(.minutes(5)))
struct ServerPlaceTests {
    @Test("--server and SMTP_URL name the server, the option first")
    func places() async throws {
        try await SMTPTestServer.withServer { server in
            let byOption = try await Tool.run(
                ["check", "--server", server.url()],
                environment: ["SMTP_URL": "smtp://127.0.0.1:1"]
            )
            #expect(byOption.status == 0, "\(byOption.errors)")
            let byVariable = try await Tool.run(["check"], environment: ["SMTP_URL": server.url()])
            #expect(byVariable.status == 0, "\(byVariable.errors)")
            #expect(server.sessions.count == 2)
        }
    }

    @Test("no server is a fault of the command line", arguments: ["", "--json"])
    func nowhere(option: String) async throws {
        let run = try await Tool.run(
            ["check"] + (option.isEmpty ? [] : [option]),
            environment: ["SMTP_URL": ""]
        )
        #expect(run.status == 64)
        #expect(run.errors.contains("use --server or SMTP_URL"))
        if option.isEmpty {
            #expect(run.output.isEmpty)
        } else {
            #expect(try run.json()["error"] is String)
        }
    }

    @Test(
        "URLs that are none are refused",
        arguments: [
            "mail.example.org", "http://mail.example.org", "smtp://", "smtp://h:99999", "smtp://h?tls=maybe",
            "smtps://h?tls=none", "smtp+unix://relative", "smtp://%zz", "smtp://@h", "smtp://%@h",
        ]
    )
    func unusable(url: String) async throws {
        let run = try await Tool.run(["check", "--server", url])
        #expect(run.status == 64, "\(run.errors)")
        #expect(run.errors.hasPrefix("smtp: "))
        #expect(run.output.isEmpty)
    }

    @Test(
        "a password in the URL is refused and not repeated",
        arguments: ["ann:hunter2", "ann:", "ann%40example.org:hunter2", "a@b:hunter2"]
    )
    func password(user: String) async throws {
        for arguments in [["check"], ["check", "--json"], ["verify", "x"]] {
            for variable in [false, true] {
                let url = "smtp://\(user)@127.0.0.1:1"
                let run = try await Tool.run(
                    arguments + (variable ? [] : ["--server", url]),
                    environment: variable ? ["SMTP_URL": url] : [:]
                )
                #expect(run.status == 64)
                #expect(run.errors.contains("SMTP_PASSWORD, --password-file or the prompt"))
                #expect(!(run.errors + run.output).contains("hunter2"))
            }
        }
    }

    @Test("a user may stand in the URL; --user goes first", arguments: [nil, "bob"])
    func user(option: String?) async throws {
        let configuration = SMTPTestServer.Configuration(
            users: ["ann@example.org": "pencil", "bob": "pencil"],
            mechanisms: ["SCRAM-SHA-256"]
        )
        try await SMTPTestServer.withServer(configuration) { server in
            let run = try await Tool.run(
                ["check", "--server", server.url(user: "ann%40example.org")]
                    + (option.map { ["--user", $0] } ?? []),
                environment: ["SMTP_PASSWORD": "pencil"]
            )
            #expect(run.status == 0, "\(run.errors)")
            #expect(server.sessions.first?.authenticatedUser == option ?? "ann@example.org")
        }
    }

    /// A scheme with what the server speaks, and whether the connection is encrypted in the end.
    struct Scheme: Sendable, CustomTestStringConvertible {
        var scheme = "smtp"
        var tls: String?
        var flavour = SMTPTestServer.Flavour.smtp
        var isImplicit: Bool?
        var status: Int32 = 0
        var isEncrypted: Bool

        var testDescription: String {
            "\(self.scheme) \(self.tls ?? "-") \(String(describing: self.isImplicit))"
        }
    }

    @Test(
        "schemes and modes of TLS",
        arguments: [
            Scheme(isImplicit: false, isEncrypted: true),
            Scheme(isImplicit: nil, status: 76, isEncrypted: false),
            Scheme(tls: "starttls", isImplicit: false, isEncrypted: true),
            Scheme(tls: "opportunistic", isImplicit: false, isEncrypted: true),
            Scheme(tls: "opportunistic", isImplicit: nil, isEncrypted: false),
            Scheme(tls: "none", isImplicit: false, isEncrypted: false),
            Scheme(tls: "implicit", isImplicit: true, isEncrypted: true),
            Scheme(scheme: "smtps", isImplicit: true, isEncrypted: true),
            Scheme(scheme: "lmtp", flavour: .lmtp, isImplicit: false, isEncrypted: false),
            Scheme(scheme: "lmtp", tls: "starttls", flavour: .lmtp, isImplicit: false, isEncrypted: true),
            Scheme(scheme: "lmtp", tls: "implicit", flavour: .lmtp, isImplicit: true, isEncrypted: true),
        ]
    )
    func schemes(scheme: Scheme) async throws {
        let authority = try TestAuthority.shared
        var configuration = SMTPTestServer.Configuration(flavour: scheme.flavour)
        configuration.tls = scheme.isImplicit.map {
            $0 ? .implicit(authority.options()) : .startTLS(authority.options())
        }
        try await SMTPTestServer.withServer(configuration) { server in
            let url = server.url(scheme.scheme, host: "localhost", tls: scheme.tls)
            let run = try await Tool.run(
                ["check", "--json", "--server", url, "--ca-file", authority.file("ca.pem")]
            )
            #expect(run.status == scheme.status, "\(run.errors)")
            let tls = try run.json()["tls"] as? [String: Any]
            #expect((tls != nil) == scheme.isEncrypted)
            #expect(tls?["verified"] as? Bool == (scheme.isEncrypted ? true : nil))
            let hello = scheme.flavour == .lmtp ? "LHLO" : "EHLO"
            #expect(server.sessions.last?.commands.first?.hasPrefix(hello) == true)
        }
    }

    @Test("Unix sockets, SMTP and LMTP", arguments: [SMTPTestServer.Flavour.smtp, .lmtp])
    func unixSocket(flavour: SMTPTestServer.Flavour) async throws {
        let configuration = SMTPTestServer.Configuration(endpoint: .unixSocket, flavour: flavour)
        try await SMTPTestServer.withServer(configuration) { server in
            let path = try #require(server.unixSocketPath)
            let run = try await Tool.run([
                "check", "--server", "\(flavour == .lmtp ? "lmtp" : "smtp")+unix://\(path)",
            ])
            #expect(run.status == 0, "\(run.errors)")
            #expect(
                server.sessions.first?.commands.first?.hasPrefix(flavour == .lmtp ? "LHLO" : "EHLO") == true
            )
        }
    }
}
