import Foundation
import SMTPTestServer
import Testing

@Suite("smtp: where passwords and tokens come from", .timeLimit(.minutes(5)))
struct PasswordSourceTests {
    private static let server = SMTPTestServer.Configuration(
        users: ["ann": "pencil case"],
        tokens: ["ann": "tOkEn-0123456789"],
        mechanisms: ["SCRAM-SHA-256", "OAUTHBEARER", "XOAUTH2"],
        allowsAuthenticationInClear: true
    )

    private static func arguments(_ server: SMTPTestServer, _ more: String...) -> [String] {
        ["check", "--json", "--server", server.url(), "--user", "ann"] + more
    }

    @Test("SMTP_PASSWORD")
    func environment() async throws {
        try await SMTPTestServer.withServer(Self.server) { server in
            let right = try await Tool.run(
                Self.arguments(server),
                environment: ["SMTP_PASSWORD": "pencil case"]
            )
            #expect(right.status == 0, "\(right.errors)")
            #expect(try right.json()["authenticated"] as? Bool == true)
            let wrong = try await Tool.run(Self.arguments(server), environment: ["SMTP_PASSWORD": "pen"])
            #expect(wrong.status == 77)
            #expect(try wrong.json()["authenticated"] as? Bool == false)
        }
    }

    @Test(
        "--password-file: the first line, and before SMTP_PASSWORD",
        arguments: ["pencil case", "pencil case\n", "pencil case\r\nmore\n"]
    )
    func file(content: String) async throws {
        try await SMTPTestServer.withServer(Self.server) { server in
            try await TestFile.with(content) { file in
                let run = try await Tool.run(
                    Self.arguments(server, "--password-file", file),
                    environment: ["SMTP_PASSWORD": "wrong"]
                )
                #expect(run.status == 0, "\(run.errors)")
                #expect(server.sessions.first?.authenticatedUser == "ann")
            }
        }
    }

    @Test(
        "files without a secret are faults of the configuration",
        arguments: ["--password-file", "--token-file"]
    )
    func unusableFiles(option: String) async throws {
        let arguments = ["check", "--server", "smtp://127.0.0.1:1", "--user", "ann", option]
        for content in ["", "\n", "\r\nsecond line"] {
            try await TestFile.with(content) { file in
                let run = try await Tool.run(arguments + [file])
                #expect(run.status == 78)
                #expect(run.errors.contains(file))
            }
        }
        for file in ["/nonexistent/password", "/"] {
            let run = try await Tool.run(arguments + [file])
            #expect(run.status == 78)
            #expect(run.errors.contains(file))
        }
    }

    @Test("secrets need a user, and one kind at a time")
    func usage() async throws {
        let server = ["check", "--server", "smtp://127.0.0.1:1"]
        for option in ["--password-file", "--token-file"] {
            let run = try await Tool.run(server + [option, "/dev/null"])
            #expect(run.status == 64)
            #expect(run.errors.contains("\(option) needs --user"))
        }
        let both = try await Tool.run(
            server + ["--user", "ann", "--password-file", "/dev/null", "--token-file", "/dev/null"]
        )
        #expect(both.status == 64)
        #expect(both.errors.contains("exclude each other"))
    }

    @Test("no password and no terminal is a fault of the configuration")
    func nowhere() async throws {
        let run = try await Tool.run(["check", "--server", "smtp://127.0.0.1:1", "--user", "ann"])
        #expect(run.status == 78)
        #expect(run.errors.contains("use SMTP_PASSWORD, --password-file or a terminal"))
    }

    @Test("--token-file", arguments: ["OAUTHBEARER", "XOAUTH2"])
    func token(mechanism: String) async throws {
        try await SMTPTestServer.withServer(Self.server) { server in
            for (token, status) in [("tOkEn-0123456789\n", 0), ("another", 77)] as [(String, Int32)] {
                try await TestFile.with(token) { file in
                    let run = try await Tool.run(
                        Self.arguments(
                            server,
                            "--token-file",
                            file,
                            "--auth",
                            mechanism,
                            "--allow-plaintext-auth"
                        )
                    )
                    #expect(run.status == status, "\(run.errors)")
                }
            }
            #expect(server.sessions.first?.authentication?.mechanism == mechanism)
        }
    }

    @Test("a prompt on a terminal, which does not show what is typed")
    func prompt() async throws {
        try await SMTPTestServer.withServer(Self.server) { server in
            let run = try await Terminal.run(Self.arguments(server), typed: "pencil case\n")
            #expect(run.status == 0, "\(run.shown)")
            #expect(run.shown.contains("Password for ann: "))
            #expect(!run.shown.contains("pencil"))
            #expect(run.echoedInput == false)
            #expect(run.echoesAfterwards)
            #expect(server.sessions.first?.authenticatedUser == "ann")
        }
    }

    @Test("nothing typed is no password; Ctrl-C ends the tool and leaves the terminal as it was")
    func promptWithoutAnswer() async throws {
        let arguments = ["check", "--server", "smtp://127.0.0.1:1", "--user", "ann"]
        for (typed, status) in [("\n", 78), ("\u{4}", 78), ("\u{3}", -SIGINT)] as [(String, Int32)] {
            let run = try await Terminal.run(arguments, typed: typed)
            #expect(run.status == status, "\(run.shown)")
            #expect(run.echoedInput == false)
            #expect(run.echoesAfterwards)
        }
    }

    @Test("SMTP_PASSWORD asks nobody")
    func noPrompt() async throws {
        try await SMTPTestServer.withServer(Self.server) { server in
            let run = try await Terminal.run(
                Self.arguments(server),
                environment: ["SMTP_PASSWORD": "pencil case"]
            )
            #expect(run.status == 0, "\(run.shown)")
            #expect(run.echoedInput == nil)
        }
    }
}
