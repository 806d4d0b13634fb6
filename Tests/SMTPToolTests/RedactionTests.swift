import Foundation
import SMTPTestServer
import Testing

/// A server that knows the password may say it whenever it likes.
@Suite("smtp: secrets a server repeats", .timeLimit(.minutes(5)))
struct RedactionTests {
    private static func forms(_ password: String) -> [String] {
        let json = (try? JSONEncoder().encode(password)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let words = [password, "\0ann\0\(password)", "user=ann\u{1}auth=Bearer \(password)\u{1}\u{1}"]
        return [password, String(json.dropFirst().dropLast())]
            + words.map { Data($0.utf8).base64EncodedString() }
    }

    static let outputs = [[], ["--transcript"], ["--json"], ["--json", "--transcript"]]

    @Test(
        "S-I1 no stream has it, whatever the server says after the login",
        arguments: ["correct\"horse\\battery", "ab/cd\"efgh", "pencil", "redacted", "dact"],
        outputs
    )
    func repeated(password: String, options: [String]) async throws {
        let words = Self.forms(password)
        let echo = ([password] + words.dropFirst(2)).joined(separator: " ")
        let configuration = SMTPTestServer.Configuration(
            users: ["ann": password],
            allowsAuthenticationInClear: true,
            script: [.on(.command("MAIL"), .reply("550 5.7.1 no: \(echo)"))]
        )
        try await SMTPTestServer.withServer(configuration) { server in
            let run = try await Tool.run(
                [
                    "send", "--server", server.url(), "--user", "ann", "--allow-plaintext-auth", "--auth",
                    "PLAIN",
                ]
                    + ["--from", "a@example.org", "--to", "b@example.net", "--text", "x"] + options,
                environment: ["SMTP_PASSWORD": password]
            )
            #expect(run.status == 77)
            let shown = (run.output + run.errors).replacing("[redacted]", with: "")
            for word in words { #expect(!shown.contains(word), "\(run.output)\(run.errors)") }
            #expect((run.output + run.errors).contains("[redacted]"))
            if options.contains("--json") {
                #expect(try run.json()["acceptance"] as? String == "refusedPermanently")
            }
        }
    }

    @Test(
        "JSON keeps its keys and its words, whatever the password is",
        arguments: ["null", "code", "accepted"]
    )
    func keys(password: String) async throws {
        let configuration = SMTPTestServer.Configuration(
            users: ["ann": password],
            allowsAuthenticationInClear: true
        )
        try await SMTPTestServer.withServer(configuration) { server in
            let run = try await Tool.run(
                [
                    "send", "--server", server.url(), "--user", "ann", "--allow-plaintext-auth", "--auth",
                    "PLAIN",
                ]
                    + ["--from", "a@example.org", "--to", "b@example.net", "--text", "x", "--json"],
                environment: ["SMTP_PASSWORD": password]
            )
            #expect(run.status == 0)
            let report = try run.json()
            #expect(report["acceptance"] as? String == "accepted")
            #expect(report["error"] is NSNull)
            #expect((report["accepted"] as? [[String: Any]])?.first?["code"] as? Int == 250)
        }
    }

    @Test(
        "S-A5 a URL with a password is refused and not repeated, however it is written",
        arguments: [
            "smtp://u:hunter2x@host", "smtp://u:hunter2x/y@host", "smtp://u:hunter2x?y@host",
            "u:hunter2x@host", "smtp+unix://u:hunter2x@/x",
        ],
        [true, false]
    )
    func url(url: String, isOption: Bool) async throws {
        let run = try await Tool.run(
            ["check", "--json"] + (isOption ? ["--server", url] : []),
            environment: isOption ? [:] : ["SMTP_URL": url]
        )
        #expect(run.status == 64)
        #expect(!(run.output + run.errors).contains("hunter2x"))
    }

    @Test("S-I2 what a terminal would obey is escaped in JSON, too")
    func controls() async throws {
        let script: SMTPTestServer.Script = [.on(.command("MAIL"), .reply("550 5.7.1 \u{9B}31m\u{202E}no"))]
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            let run = try await Tool.run(
                ["send", "--server", server.url(), "--from", "a@example.org", "--to", "b@example.net"]
                    + ["--text", "x", "--json"]
            )
            #expect(
                !run.output.unicodeScalars.contains { (0x7F...0x9F).contains($0.value) || $0 == "\u{202E}" }
            )
            #expect(try run.json()["error"] is String)
        }
    }
}
