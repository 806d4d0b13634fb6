import AsyncSMTP
import Foundation
import SMTPTestServer
import Testing

@Suite("smtp bench: what goes wrong", .timeLimit(.minutes(5)))
struct BenchFailureTests {
    private typealias Script = SMTPTestServer.Script

    /// A failure of every message: what the server does, the kind, the status.
    private static let failures: [(Script, String, Int32)] = [
        ([.on(.command("RCPT"), .reply("550 5.1.1 no"))], "recipientsRefused 550", 67),
        ([.on(.command("MAIL"), .reply("451 4.3.0 later"))], "senderRefused 451", 75),
        ([.on(.command("MAIL"), .reply("550 5.7.1 no"))], "senderRefused 550", 77),
        ([.on(.endOfContent, .reply("554 5.6.0 no"))], "dataRefused 554", 67),
        ([.on(.endOfContent, .reply("452 4.3.1 full"))], "dataRefused 452", 75),
        ([.on(.connect, .reply("554 5.3.2 no"))], "greetingRefused 554", 77),
        ([.on(.connect, .reply("nonsense"))], "malformedReply", 76),
        ([.on(.connect, .close)], "disconnected", 69),
        ([.on(.endOfContent, .store, .close)], "disconnected", 70),
    ]

    @Test("one kind: it is counted, and is the status", arguments: failures)
    private func all(script: Script, kind: String, status: Int32) async throws {
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            let report = try await BenchRun.json(
                server,
                ["--messages", "6", "--in-flight", "1"],
                status: status
            )
            #expect(report["messages"] as? Int == 6)
            #expect(report["accepted"] as? Int == 0)
            #expect(report["failed"] as? Int == (status == 70 ? 0 : 6))
            #expect(report["unknown"] as? Int == (status == 70 ? 6 : 0))
            #expect(report["failures"] as? [String: Int] == [kind: 6])
            let latency = try #require(report["latency"] as? [String: Any])
            #expect(latency.values.allSatisfy { $0 is NSNull })
            #expect(latency.count == 3)
        }
    }

    @Test("several kinds: the status is that of the most frequent, and people read all of them")
    func mixed() async throws {
        let script: Script = [
            .on(.command("MAIL", occurrence: .first(2)), .reply("550 5.7.1 no")),
            .on(.command("MAIL"), .reply("451 4.3.0 later")),
        ]
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            let run = try await Tool.run([
                "bench", "--server", "smtp://\(server.host):\(server.port)?tls=none", "--messages", "5",
            ])
            #expect(run.status == 75)
            #expect(run.output.hasPrefix("messages    5: 0 accepted, 5 failed, 0 unknown\n"))
            #expect(
                run.output.hasSuffix("failure     senderRefused 451: 3\nfailure     senderRefused 550: 2\n")
            )
        }
    }

    @Test(
        "some messages, or some recipients: 1",
        arguments: [
            (
                .on(.command("MAIL", occurrence: .first(3)), .reply("451 4.3.0 later")), "senderRefused 451",
                3, 7
            ),
            (
                .on(.command("RCPT", where: { $0.contains("-2@") }), .reply("550 no")),
                "someRecipientsRefused 550", 10, 0
            ),
        ] as [(SMTPTestServer.Rule, String, Int, Int)]
    )
    func some(rule: SMTPTestServer.Rule, kind: String, failed: Int, accepted: Int) async throws {
        try await SMTPTestServer.withServer(.init(script: Script([rule]))) { server in
            let report = try await BenchRun.json(
                server,
                ["--messages", "10", "--recipients", "2"],
                status: 1
            )
            #expect(report["failed"] as? Int == failed)
            #expect(report["accepted"] as? Int == accepted)
            #expect(report["failures"] as? [String: Int] == [kind: failed])
        }
    }

    @Test("the time is over: what is known so far is told", arguments: [(0, 70), (4, 1)] as [(Int, Int32)])
    func timeout(accepted: Int, status: Int32) async throws {
        let script: Script = [.on(.endOfContent(occurrence: .from(accepted + 1)), .stall)]
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            let report = try await BenchRun.json(
                server,
                ["--messages", "1000", "--connections", "1", "--in-flight", "1", "--timeout", "20"],
                status: status
            )
            #expect(report["accepted"] as? Int == accepted)
            #expect(report["unknown"] as? Int == 1)
            #expect(try #require(report["messages"] as? Int) <= accepted + 2)
        }
    }

    @Test("nobody listens: 69")
    func nobody() async throws {
        let server = try await SMTPTestServer.start()
        let port = server.port
        try await server.shutdown()
        let run = try await Tool.run([
            "bench", "--json", "--server", "smtp://127.0.0.1:\(port)?tls=none", "--messages", "3",
        ])
        #expect(run.status == 69)
        #expect(try run.json()["failures"] as? [String: Int] == ["cannotConnect": 3])
    }

    @Test(
        "what cannot be used: 64, 65 or 78, and JSON says why",
        arguments: [
            (["--messages", "0"], 64), (["--messages", "x"], 64), (["--connections", "0"], 64),
            (["--size", "0"], 64),
            (["--recipients", "0"], 64), (["--in-flight", "-1"], 64), (["--size", "9", "--eml", "f"], 64),
            (["--recipients", "2", "--to", "a@b.example"], 64), (["--timeout", "0"], 64),
            (["--size", "20"], 64),
            (["--eml", "/nonexistent"], 65), (["--to", "nobody@"], 65), (["--from", "a b"], 65),
            (["--ca-file", "/nonexistent"], 78),
        ] as [([String], Int32)]
    )
    func unusable(arguments: [String], status: Int32) async throws {
        let run = try await Tool.run(["bench", "--server", "smtp://127.0.0.1:1?tls=none"] + arguments)
        #expect(run.status == status)
        #expect(run.output.isEmpty)
        #expect(!run.errors.isEmpty)
    }

    @Test("a failure before anything is sent is in the JSON too")
    func error() async throws {
        let run = try await Tool.run(["bench", "--json", "--server", "smtp://127.0.0.1:1", "--to", "nobody@"])
        #expect(run.status == 65)
        let report = try run.json()
        #expect(Set(report.keys) == BenchRun.keys)
        #expect((report["error"] as? String)?.contains("an address cannot be used") == true)
        #expect(report["messages"] as? Int == 0)
    }

    @Test("a wrong password is on no stream", arguments: ["PLAIN", "LOGIN", "SCRAM-SHA-256"])
    func secrets(mechanism: String) async throws {
        let sink = try await RunningSink.start(
            ["--user", "ann"],
            environment: ["SMTP_PASSWORD": "right horse"]
        )
        let run = try await Tool.run(
            [
                "bench", "--server", sink.url, "--messages", "2", "--auth", mechanism,
                "--allow-plaintext-auth",
            ],
            environment: ["SMTP_PASSWORD": "wrong horse"]
        )
        #expect(run.status == 77)
        #expect(run.output.contains("failure     authenticationFailed 535: 2\n"))
        let sinkRun = try await sink.stop()
        let texts = [run.output, run.errors, sinkRun.output, sinkRun.errors]
        for form in ["horse", Data("wrong horse".utf8).base64EncodedString(), "AGFubgB3cm9uZyBob3JzZQ=="] {
            for text in texts { #expect(!text.contains(form)) }
        }
    }
}
