import Foundation
import SMTPTestServer
import Testing

@Suite("smtp send: parameters and ways of sending", .timeLimit(.minutes(5)))
struct SendParameterTests {
    /// Extensions besides the usual ones.
    private static let extensions =
        SMTPTestServer.Configuration.standardExtensions()
        + ["XTEST", "XOTHER", "FUTURERELEASE 86400 2030-01-01T00:00:00Z", "DELIVERBY 60", "MT-PRIORITY"]

    @Test(
        "parameters stand in MAIL",
        arguments: [
            (["--mail-param", "XTEST=1", "--mail-param", "xother"], "XTEST=1 XOTHER", ["XTEST", "XOTHER"]),
            (["--ret", "full"], "RET=FULL", ["DSN"]), (["--ret", "HDRS"], "RET=HDRS", ["DSN"]),
            (["--envid", "a+b c"], "ENVID=a+2Bb+20c", ["DSN"]),
            (["--mail-param", "RET=FULL"], "RET=FULL", ["DSN"]),
            (["--mail-param", "SIZE=12345"], "SIZE=12345", ["SIZE"]),
            (["--mail-param", "BODY=8BITMIME"], "BODY=8BITMIME", ["8BITMIME"]),
            (["--mail-param", "BODY=binarymime"], "BODY=BINARYMIME", ["BINARYMIME", "CHUNKING"]),
            (["--mail-param", "SMTPUTF8"], "SMTPUTF8", ["SMTPUTF8"]),
            (["--mail-param", "HOLDFOR=60"], "HOLDFOR=60", ["FUTURERELEASE"]),
            (["--mail-param", "BY=120;R"], "BY=120;R", ["DELIVERBY"]),
            (["--mail-param", "MT-PRIORITY=3"], "MT-PRIORITY=3", ["MT-PRIORITY"]),
        ] as [([String], String, [String])]
    )
    func mail(arguments: [String], expected: String, extensions: [String]) async throws {
        let configuration = SMTPTestServer.Configuration(extensions: Self.extensions)
        try await Sending.run(Sending.letter + arguments + ["--json"], to: configuration) { run, server in
            #expect(run.status == 0, "\(run.errors)")
            let mail = try #require(server.sessions.first?.commands.first { $0.hasPrefix("MAIL") })
            for parameter in expected.split(separator: " ") {
                #expect(mail.split(separator: " ").contains(parameter), "\(mail)")
            }
            let used = try #require(run.json()["extensionsUsed"] as? [String])
            #expect(Set(extensions).isSubset(of: used), "\(used)")
        }
    }

    @Test(
        "parameters stand in every RCPT",
        arguments: [
            (["--notify", "never"], "NOTIFY=NEVER"), (["--notify", "delay,Failure"], "NOTIFY=FAILURE,DELAY"),
            (["--notify", "success"], "NOTIFY=SUCCESS"), (["--rcpt-param", "XTEST=2"], "XTEST=2"),
            (["--rcpt-param", "NOTIFY=NEVER"], "NOTIFY=NEVER"),
        ] as [([String], String)]
    )
    func rcpt(arguments: [String], expected: String) async throws {
        let configuration = SMTPTestServer.Configuration(extensions: Self.extensions)
        for message in [
            Sending.letter + ["--to", "carl@example.net"], ["--eml", "-", "--to", "a@b.c, d@e.f"],
        ] {
            try await Sending.run(message + arguments, to: configuration, input: Sending.eml) { run, server in
                #expect(run.status == 0, "\(run.errors)")
                let commands = try #require(server.sessions.first).commands.filter { $0.hasPrefix("RCPT") }
                #expect(commands.count == 2)
                for command in commands {
                    #expect(command.split(separator: " ").contains(Substring(expected)))
                }
            }
        }
    }

    @Test(
        "parameters that cannot be are refused",
        arguments: [
            ["--mail-param", "X Y"], ["--mail-param", "X=a b"], ["--mail-param", ""], ["--rcpt-param", "=x"],
            ["--rcpt-param", "X=\r\nRSET"], ["--mail-param", "XA", "--mail-param", "xa=1"],
            ["--ret", "full", "--mail-param", "RET=HDRS"],
            ["--notify", "never", "--rcpt-param", "NOTIFY=NEVER"],
            ["--notify", "sometimes"], ["--notify", "never,success"], ["--notify", ""], ["--ret", "half"],
            ["--envid", ""], ["--envid", "ä"], ["--mail-param", "SIZE=big"], ["--mail-param", "BODY=9BIT"],
        ]
    )
    func wrong(arguments: [String]) async throws {
        try await Sending.run(Sending.letter + arguments) { run, server in
            #expect(run.status == 64, "\(run.errors)")
            #expect(arguments.contains { $0.hasPrefix("--") && run.errors.contains($0) })
            #expect(server.sessions.isEmpty)
        }
    }

    @Test(
        "what the server does not offer is not silently left out",
        arguments: [
            ["--notify", "never"], ["--ret", "full"], ["--envid", "x"], ["--mail-param", "XTEST"],
            ["--rcpt-param", "XTEST"], ["--mail-param", "REQUIRETLS"],
        ]
    )
    func notOffered(arguments: [String]) async throws {
        let configuration = SMTPTestServer.Configuration(extensions: ["PIPELINING"])
        try await Sending.run(Sending.letter + arguments, to: configuration) { run, server in
            #expect(run.status == 76, "\(run.errors)")
            #expect(run.errors.contains("offer"), "\(run.errors)")
            #expect(server.messages.isEmpty)
        }
    }

    @Test("--all-or-nothing sends to nobody where one is refused", arguments: [false, true])
    func allOrNothing(isAsked: Bool) async throws {
        let script: SMTPTestServer.Script = [
            .on(.command("RCPT", where: { $0.contains("eve") }), .reply("550 5.1.1 no such user"))
        ]
        let arguments = Sending.letter + ["--to", "eve@example.net"] + (isAsked ? ["--all-or-nothing"] : [])
        try await Sending.run(arguments, to: .init(script: script)) { run, server in
            #expect(run.status == (isAsked ? 67 : 1), "\(run.errors)")
            #expect(run.errors.contains("eve@example.net: 550 5.1.1 no such user\n"))
            #expect(server.messages.count == (isAsked ? 0 : 1))
            #expect(run.output.hasPrefix("accepted for 1 of 2 recipients") == !isAsked)
        }
    }

    @Test("--transcript prints the dialogue with times on standard error")
    func transcript() async throws {
        try await Sending.run(Sending.letter + ["--transcript"]) { run, server in
            #expect(run.status == 0)
            #expect(
                run.errors.contains(
                    #/^[0-9]+\.[0-9]{3} C: MAIL FROM:<ann@example.org>/#.anchorsMatchLineEndings()
                )
            )
            #expect(run.errors.contains(#/^[0-9]+\.[0-9]{3} S: 220 /#.anchorsMatchLineEndings()))
            #expect(!run.errors.contains("Hello Bob"))
            #expect(run.output.hasPrefix("accepted for 1 of 1 recipient"))
        }
    }

    @Test("--dry-run needs no server and prints what would be sent")
    func dryRun() async throws {
        let run = try await Sending.run(Sending.letter + ["--dry-run", "--bcc", "carl@example.net"])
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("To: bob@example.net\r\n"))
        #expect(run.output.hasSuffix("\r\n\r\nHello Bob\r\n"))
        #expect(!run.output.contains("carl"))
        #expect(run.errors.isEmpty)
        let eml = try await Sending.run(["--eml", "-", "--dry-run"], input: Sending.eml)
        #expect(Array(eml.output.utf8) == Sending.eml)
    }

    @Test("--dry-run and --quit-after exclude each other")
    func dryRunOrSteps() async throws {
        let run = try await Sending.run(Sending.letter + ["--dry-run", "--quit-after", "hello"])
        #expect(run.status == 64)
    }
}
