import Foundation
import SMTPTestServer
import Testing

@Suite("smtp send --quit-after", .timeLimit(.minutes(5)))
struct SendStepTests {
    static let steps: [String] = ["connect", "greeting", "hello", "tls", "auth", "mail", "rcpt", "data"]
    private static let environment = ["SMTP_PASSWORD": "secret"]

    private static func configuration(_ script: SMTPTestServer.Script = []) -> SMTPTestServer.Configuration {
        SMTPTestServer.Configuration(users: ["ann": "secret"], script: script)
    }

    @Test("each step is the last one, and no message is sent", arguments: steps)
    func last(step: String) async throws {
        let arguments = ["--quit-after", step, "--user", "ann", "--allow-plaintext-auth"] + Sending.letter
        try await Sending.run(arguments, to: Self.configuration(), environment: Self.environment) {
            run,
            server in
            // In clear, that step cannot be made.
            #expect(run.status == (step == "tls" ? 76 : 0), "\(run.errors)")
            try await server.waitForSessionsClosed(1)
            let session = try #require(server.sessions.first)
            let place = try #require(Self.steps.firstIndex(of: step))
            let all = [(2, "EHLO"), (4, "AUTH"), (5, "MAIL"), (6, "RCPT"), (7, "DATA")]
            var expected = all.filter { $0.0 <= place }.map(\.1)
            if place == 5 || place == 6 { expected.append("RSET") }
            if place < 7 { expected.append("QUIT") }
            #expect(session.commands.map { String($0.prefix(4)) } == expected)
            #expect(server.messages.isEmpty)
            #expect(run.output.contains("connect: 220 "))
            #expect(run.output.contains("hello: 250-PIPELINING\n") == (place >= 2))
            #expect(run.output.contains("auth: 235 ") == (place >= 4))
            #expect(run.output.contains("mail: 250 ") == (place >= 5))
            #expect(run.output.contains("rcpt: 250 ") == (place >= 6))
            #expect(run.output.contains("data: 354 ") == (place >= 7))
            #expect(run.errors == (step == "tls" ? "smtp: the connection is not encrypted\n" : ""))
        }
    }

    @Test("STARTTLS is a step", arguments: ["hello", "tls", "mail"])
    func startTLS(step: String) async throws {
        let authority = try SMTPTestServer.Authority()
        let identity = try authority.identity(for: ["127.0.0.1"])
        try await Sending.withFile(Array(authority.certificatePEM.utf8), named: "ca.pem") { path in
            try await SMTPTestServer.withServer(.init(tls: .startTLS(identity))) { server in
                let run = try await Tool.run([
                    "send", "--server", "smtp://127.0.0.1:\(server.port)", "--ca-file", path, "--quit-after",
                    step,
                    "--from", "ann@example.org",
                ])
                #expect(run.status == 0, "\(run.errors)")
                #expect(run.output.contains("tls: 220 ") == (step != "hello"))
                #expect(run.output.contains("tls: encrypted: TLS 1.3") == (step != "hello"))
                #expect((server.sessions.first?.tls == nil) == (step == "hello"))
            }
        }
    }

    @Test("LMTP, and a server that knows HELO only")
    func otherHellos() async throws {
        try await Sending.run(["--quit-after", "hello"], to: .init(flavour: .lmtp)) { run, server in
            #expect(run.status == 0, "\(run.errors)")
            #expect(server.sessions.first?.commands.first?.hasPrefix("LHLO") == true)
        }
        let script: SMTPTestServer.Script = [.on(.command("EHLO"), .reply("502 5.5.1 what"))]
        try await Sending.run(["--quit-after", "hello"], to: .init(script: script)) { run, _ in
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.output.contains("hello: 502 5.5.1 what\n"))
            #expect(run.output.contains("hello: 250 "))
        }
    }

    @Test(
        "the status says what happened",
        arguments: [
            ("greeting", "connect", "554 no", 77), ("connect", "connect", "554 no", 0),
            ("greeting", "connect", "421 no", 75), ("hello", "EHLO", "421 no", 75),
            ("auth", "AUTH", "535 5.7.8 no", 77), ("mail", "MAIL", "550 5.7.1 no", 77),
            ("mail", "MAIL", "450 4.7.1 no", 75), ("rcpt", "RCPT", "550 5.1.1 no", 67),
            ("data", "RCPT", "450 4.2.1 no", 75), ("data", "DATA", "554 5.5.1 no", 67),
            ("data", "DATA", "451 4.3.0 no", 75),
        ] as [(String, String, String, Int32)]
    )
    func refusals(step: String, verb: String, reply: String, status: Int32) async throws {
        let stage: SMTPTestServer.Stage = verb == "connect" ? .connect : .command(verb)
        let arguments =
            ["--quit-after", step, "--user", "ann", "--allow-plaintext-auth", "--auth", "PLAIN"]
            + Sending.letter
        let configuration = Self.configuration([.on(stage, .reply(reply))])
        try await Sending.run(arguments, to: configuration, environment: Self.environment) { run, server in
            #expect(run.status == status, "\(run.errors)")
            #expect(run.output.contains(": \(reply)\n"), "\(run.output)")
            #expect(run.errors.isEmpty == (status == 0))
            #expect(server.messages.isEmpty)
        }
        let json = arguments + ["--json"]
        try await Sending.run(json, to: configuration, environment: Self.environment) { run, _ in
            #expect(run.status == status)
            try SendStatusTests.check(try run.json())
            #expect(((try run.json()["reply"]) as? [String: Any])?["code"] as? Int == Int(reply.prefix(3)))
        }
    }

    @Test("some recipients refused, and all required", arguments: [false, true])
    func someRefused(isRequired: Bool) async throws {
        let script: SMTPTestServer.Script = [
            .on(.command("RCPT", occurrence: 2), .reply("550 5.1.1 no such user"))
        ]
        let arguments = Sending.letter + ["--to", "eve@example.net", "--quit-after", "rcpt"]
        try await Sending.run(arguments + (isRequired ? ["--all-or-nothing"] : []), to: .init(script: script))
        {
            run,
            server in
            #expect(run.status == (isRequired ? 67 : 1), "\(run.errors)")
            #expect(run.errors.contains("eve@example.net: 550 5.1.1 no such user"))
            try await server.waitForSessionsClosed(1)
            #expect(server.sessions.first?.commands.suffix(2) == ["RSET", "QUIT"])
        }
    }

    @Test("only what a step needs has to be given")
    func needs() async throws {
        for (arguments, status) in [
            (["--quit-after", "hello"], 0), (["--quit-after", "auth"], 64), (["--quit-after", "mail"], 64),
            (["--quit-after", "mail", "--from", "a@example.org"], 0),
            (["--quit-after", "rcpt", "--from", "a@example.org"], 64), (["--quit-after", "lunch"], 64),
            (["--quit-after", "rcpt", "--eml", "-"], 0), (["--quit-after", "data", "--eml", "-"], 0),
        ] as [([String], Int32)] {
            try await Sending.run(arguments, input: Sending.eml) { run, _ in
                #expect(run.status == status, "\(arguments): \(run.errors)")
            }
        }
    }

    @Test("the transcript is printed beside the steps")
    func transcript() async throws {
        try await Sending.run(["--quit-after", "hello", "--transcript"]) { run, _ in
            #expect(run.status == 0)
            #expect(run.output.contains("hello: 250-"))
            #expect(run.errors.contains(" C: EHLO "))
            #expect(run.errors.contains(" C: QUIT"))
        }
    }
}
