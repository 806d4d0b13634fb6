import Foundation
import SMTPTestServer
import Testing

@Suite("smtp send: exit status and JSON", .timeLimit(.minutes(5)))
struct SendStatusTests {
    /// How a server behaves, and what is to come of it.
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        var script: SMTPTestServer.Script = []
        var arguments: [String] = []
        let status: Int32
        let acceptance: String
        var accepted = 0
        var refused: [Int] = []
        var stage = "rcpt"
        var reply: Int?

        var testDescription: String { self.name }
    }

    private static func refusing(_ pattern: String, _ reply: String) -> SMTPTestServer.Rule {
        .on(.command("RCPT", where: { $0.contains(pattern) }), .reply(reply))
    }

    static let rows: [Row] = [
        Row(name: "all accepted", status: 0, acceptance: "accepted", accepted: 2, reply: 250),
        Row(
            name: "one refused",
            script: [Self.refusing("eve", "550 5.1.1 no such user")],
            status: 1,
            acceptance: "partly",
            accepted: 1,
            refused: [550],
            reply: 250
        ),
        Row(
            name: "all refused",
            script: [Self.refusing("@", "550 5.1.1 no such user")],
            status: 67,
            acceptance: "refusedPermanently",
            refused: [550, 550],
            reply: 550
        ),
        Row(
            name: "all refused for now",
            script: [Self.refusing("@", "451 4.3.0 later")],
            status: 75,
            acceptance: "refusedTemporarily",
            refused: [451, 451],
            reply: 451
        ),
        Row(
            name: "content refused",
            script: [.on(.endOfContent, .reply("554 5.7.1 spam"))],
            status: 67,
            acceptance: "refusedPermanently",
            refused: [554, 554],
            stage: "finalReply",
            reply: 554
        ),
        Row(
            name: "content refused for now",
            script: [.on(.endOfContent, .reply("452 4.3.1 full"))],
            status: 75,
            acceptance: "refusedTemporarily",
            refused: [452, 452],
            stage: "finalReply",
            reply: 452
        ),
        Row(
            name: "sender refused",
            script: [.on(.command("MAIL"), .reply("550 5.7.1 not you"))],
            status: 77,
            acceptance: "refusedPermanently",
            refused: [550, 550],
            stage: "mail",
            reply: 550
        ),
        Row(
            name: "sender refused for now",
            script: [.on(.command("MAIL"), .reply("450 4.7.1 slow down"))],
            status: 75,
            acceptance: "refusedTemporarily",
            refused: [450, 450],
            stage: "mail",
            reply: 450
        ),
        Row(
            name: "greeting refused",
            script: [.on(.connect, .reply("554 5.7.1 go away"))],
            status: 77,
            acceptance: "refusedPermanently",
            reply: 554
        ),
        Row(
            name: "server closing",
            script: [.on(.connect, .reply("421 4.3.2 going down"), .close)],
            status: 75,
            acceptance: "refusedTemporarily",
            reply: 421
        ),
        Row(
            name: "connection lost in front of the content",
            script: [.on(.command("DATA"), .close)],
            status: 69,
            acceptance: "notAccepted"
        ),
        Row(
            name: "connection lost behind the content",
            script: [.on(.endOfContent, .store, .close)],
            status: 70,
            acceptance: "unknown"
        ),
        Row(
            name: "no reply",
            script: [.on(.connect, .stall)],
            arguments: ["--timeout", "0.5"],
            status: 69,
            acceptance: "notAccepted"
        ),
        Row(
            name: "no SMTP",
            script: [.on(.connect, .raw("hello\r\n"))],
            status: 76,
            acceptance: "notAccepted"
        ),
        Row(
            name: "no TLS",
            arguments: ["--server", "smtp://127.0.0.1:PORT"],
            status: 76,
            acceptance: "notAccepted"
        ),
        Row(
            name: "nobody logs in",
            arguments: ["--user", "ann", "--allow-plaintext-auth"],
            status: 77,
            acceptance: "notAccepted"
        ),
        Row(
            name: "host unknown",
            arguments: ["--server", "smtp://unknown.invalid?tls=none"],
            status: 68,
            acceptance: "notAccepted"
        ),
        Row(
            name: "nobody listens",
            arguments: ["--server", "smtp+unix:///nonexistent/socket"],
            status: 69,
            acceptance: "notAccepted"
        ),
        Row(
            name: "no such authorities",
            arguments: ["--ca-file", "/nonexistent/ca.pem"],
            status: 78,
            acceptance: "notAccepted"
        ),
        Row(name: "no address", arguments: ["--to", "nobody"], status: 65, acceptance: "notAccepted"),
        Row(name: "usage", arguments: ["--quit-after", "lunch"], status: 64, acceptance: "notAccepted"),
    ]

    /// Checks keys and types, which are the same in every report.
    static func check(_ json: [String: Any]) throws {
        let keys: Set = [
            "acceptance", "accepted", "refused", "reply", "queueID", "messageID", "tls", "extensionsUsed",
            "bytes", "seconds", "error",
        ]
        #expect(Set(json.keys) == keys)
        #expect(json["acceptance"] is String)
        #expect(json["extensionsUsed"] is [String])
        #expect(json["bytes"] is Int)
        #expect(json["seconds"] is Double)
        for key in ["queueID", "messageID", "error"] {
            #expect(json[key] is String || json[key] is NSNull, "\(key)")
        }
        for key in ["accepted", "refused"] {
            for entry in try #require(json[key] as? [[String: Any]], "\(key)") {
                #expect(Set(entry.keys) == ["recipient", "code", "enhanced", "text", "stage"])
                #expect(entry["recipient"] is String)
                #expect(entry["code"] is Int || entry["code"] is NSNull)
                #expect(entry["enhanced"] is String || entry["enhanced"] is NSNull)
                #expect(entry["text"] is String)
                #expect(entry["stage"] is String)
            }
        }
        if let reply = json["reply"] as? [String: Any] {
            #expect(Set(reply.keys) == ["code", "enhanced", "text"])
            #expect(reply["code"] is Int)
            #expect(reply["enhanced"] is String || reply["enhanced"] is NSNull)
            #expect(reply["text"] is String)
        } else {
            #expect(json["reply"] is NSNull)
        }
        if let tls = json["tls"] as? [String: Any] {
            #expect(Set(tls.keys) == ["version", "cipher", "verified"])
            #expect(tls["version"] is String)
            #expect(tls["cipher"] is String)
            #expect(tls["verified"] is Bool)
        } else {
            #expect(json["tls"] is NSNull)
        }
    }

    @Test("status, report and standard error agree", arguments: rows)
    func outcome(row: Row) async throws {
        try await SMTPTestServer.withServer(.init(script: row.script)) { server in
            let place = ["--server", "smtp://127.0.0.1:\(server.port)?tls=none"]
            let options = row.arguments.map { $0.replacing("PORT", with: String(server.port)) }
            let arguments = ["send"] + place + Sending.letter + ["--to", "eve@example.net"] + options
            let environment = ["SMTP_PASSWORD": "secret"]
            let run = try await Tool.run(arguments + ["--json"], environment: environment)
            #expect(run.status == row.status, "\(run.errors)")
            #expect(run.output.split(separator: "\n").count == 1)
            let json = try run.json()
            try Self.check(json)
            #expect(json["acceptance"] as? String == row.acceptance)
            #expect((json["accepted"] as? [Any])?.count == row.accepted)
            let refused = try #require(json["refused"] as? [[String: Any]])
            #expect(refused.map { $0["code"] as? Int } == row.refused)
            #expect(refused.allSatisfy { $0["stage"] as? String == row.stage })
            #expect((json["reply"] as? [String: Any])?["code"] as? Int == row.reply)
            #expect((json["error"] is NSNull) == (row.status <= 1))
            #expect((json["queueID"] is NSNull) == (row.accepted == 0))
            #expect((json["bytes"] as? Int == 0) == (row.accepted == 0))
            #expect(run.errors.isEmpty == (row.status == 0))
            if row.status <= 1 {
                let message = try #require(server.messages.first)
                #expect(json["queueID"] as? String == message.queueID)
                #expect(json["bytes"] as? Int == message.contentLength)
                let messageID = try #require(json["messageID"] as? String)
                #expect(message.text.contains("Message-ID: <\(messageID)>"))
                #expect(json["extensionsUsed"] as? [String] == ["PIPELINING", "SIZE"])
            }
            let text = try await Tool.run(arguments, environment: environment)
            #expect(text.status == row.status)
            #expect(text.output.isEmpty == (row.status > 1), "\(text.output)")
            #expect(text.errors.split(separator: "\n").count == run.errors.split(separator: "\n").count)
        }
    }

    @Test("LMTP: a recipient may be refused behind the content")
    func lmtp() async throws {
        let script: SMTPTestServer.Script = [.on(.lmtpRecipient(1), .reply("550 5.2.2 over quota"))]
        let arguments = Sending.letter + ["--to", "eve@example.net", "--json"]
        try await Sending.run(arguments, to: .init(flavour: .lmtp, script: script)) { run, _ in
            #expect(run.status == 1, "\(run.errors)")
            let refused = try #require(run.json()["refused"] as? [[String: Any]])
            #expect(refused.map { $0["recipient"] as? String } == ["eve@example.net"])
            #expect(refused.map { $0["enhanced"] as? String } == ["5.2.2"])
            #expect(refused.map { $0["text"] as? String } == ["over quota"])
            #expect(refused.map { $0["stage"] as? String } == ["finalReply"])
        }
    }

    @Test("what TLS agreed on is reported, for a failed login too", arguments: ["right", "wrong"])
    func tls(password: String) async throws {
        let authority = try SMTPTestServer.Authority()
        let identity = try authority.identity(for: ["127.0.0.1"])
        let configuration = SMTPTestServer.Configuration(tls: .startTLS(identity), users: ["ann": "right"])
        try await Sending.withFile(Array(authority.certificatePEM.utf8), named: "ca.pem") { path in
            try await SMTPTestServer.withServer(configuration) { server in
                let arguments = [
                    "send", "--server", "smtp://ann@127.0.0.1:\(server.port)", "--ca-file", path, "--json",
                ]
                let run = try await Tool.run(
                    arguments + Sending.letter,
                    environment: ["SMTP_PASSWORD": password]
                )
                #expect(run.status == (password == "right" ? 0 : 77), "\(run.errors)")
                let json = try run.json()
                try Self.check(json)
                let tls = try #require(json["tls"] as? [String: Any])
                #expect(tls["version"] as? String == "TLS 1.3")
                #expect(tls["verified"] as? Bool == true)
                let used = try #require(json["extensionsUsed"] as? [String])
                #expect(used == (password == "right" ? ["AUTH", "PIPELINING", "SIZE", "STARTTLS"] : []))
            }
        }
    }
}
