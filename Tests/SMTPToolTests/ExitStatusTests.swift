import Foundation
import NIOOpenSSL
import SMTPTestServer
import Testing

@Suite("smtp: exit status", .timeLimit(.minutes(5)))
struct ExitStatusTests {
    /// What a server does, and the status that `smtp verify ann` ends with.
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let status: Int32
        var script: SMTPTestServer.Script = []
        /// Whether to log in; with SCRAM, which needs no TLS.
        var logsIn = false
        var mechanisms = ["SCRAM-SHA-256"]
        /// Mode of TLS in the URL.
        var tls: String? = "none"
        var name = "ann"

        static let all: [Row] = [
            Row(testDescription: "known", status: 0),
            Row(testDescription: "address with a line end", status: 65, name: "ann\r\nQUIT"),
            Row(
                testDescription: "VRFY refused",
                status: 67,
                script: [.on(.command("VRFY"), .reply("550 5.1.1 unknown"))]
            ),
            Row(
                testDescription: "VRFY refused for now",
                status: 75,
                script: [.on(.command("VRFY"), .reply("451 4.3.0 later"))]
            ),
            Row(
                testDescription: "greeting refused",
                status: 77,
                script: [.on(.connect, .reply("554 no"))]
            ),
            Row(
                testDescription: "greeting refused for now",
                status: 75,
                script: [.on(.connect, .reply("421 busy"), .close)]
            ),
            Row(testDescription: "closed at once", status: 69, script: [.on(.connect, .close)]),
            Row(
                testDescription: "greeting is none",
                status: 76,
                script: [.on(.connect, .raw("HTTP/1.1\r\n"))]
            ),
            Row(
                testDescription: "greeting is no reply of its kind",
                status: 77,
                script: [.on(.connect, .reply("500 x"))]
            ),
            Row(
                testDescription: "hello refused",
                status: 77,
                script: [.on(.command("EHLO"), .reply("550 no")), .on(.command("HELO"), .reply("550 no"))]
            ),
            Row(
                testDescription: "hello refused for now",
                status: 75,
                script: [.on(.command("EHLO"), .reply("450 later"))]
            ),
            Row(
                testDescription: "421 to a command",
                status: 75,
                script: [.on(.command("VRFY"), .reply("421 closing"), .close)]
            ),
            Row(testDescription: "closed at a command", status: 69, script: [.on(.command("VRFY"), .close)]),
            Row(testDescription: "reset at a command", status: 69, script: [.on(.command("VRFY"), .reset)]),
            Row(
                testDescription: "junk for a reply",
                status: 76,
                script: [.on(.command("VRFY"), .raw("what?\r\n"))]
            ),
            Row(testDescription: "no STARTTLS", status: 76, tls: nil),
            Row(
                testDescription: "STARTTLS refused",
                status: 76,
                script: [
                    .on(.command("EHLO"), .reply("250-mx", "250 STARTTLS")),
                    .on(.command("STARTTLS"), .reply("502 no")),
                ],
                tls: nil
            ),
            Row(
                testDescription: "STARTTLS refused for now",
                status: 75,
                script: [
                    .on(.command("EHLO"), .reply("250-mx", "250 STARTTLS")),
                    .on(.command("STARTTLS"), .reply("454 later")),
                ],
                tls: nil
            ),
            Row(
                testDescription: "text in clear behind STARTTLS",
                status: 76,
                script: [
                    .on(.command("EHLO"), .reply("250-mx", "250 STARTTLS")),
                    .on(.command("STARTTLS"), .raw("220 go\r\n250 injected\r\n")),
                ],
                tls: nil
            ),
            Row(
                testDescription: "no TLS where it is spoken from the first octet",
                status: 76,
                tls: "implicit"
            ),
            Row(testDescription: "logged in", status: 0, logsIn: true),
            Row(
                testDescription: "login refused",
                status: 77,
                script: [.on(.command("AUTH"), .reply("535 5.7.8 no"))],
                logsIn: true
            ),
            Row(
                testDescription: "login refused for now",
                status: 75,
                script: [.on(.command("AUTH"), .reply("454 4.7.0 later"))],
                logsIn: true
            ),
            Row(testDescription: "no AUTH", status: 77, logsIn: true, mechanisms: []),
            Row(
                testDescription: "no mechanism that fits",
                status: 77,
                logsIn: true,
                mechanisms: ["EXTERNAL"]
            ),
            Row(testDescription: "only with encryption", status: 77, logsIn: true, mechanisms: ["PLAIN"]),
        ]
    }

    @Test("each failure has the status that the table says", arguments: Row.all)
    func table(row: Row) async throws {
        let configuration = SMTPTestServer.Configuration(
            users: row.mechanisms.isEmpty ? [:] : ["ann": "pencil"],
            mechanisms: row.mechanisms,
            script: row.script
        )
        try await SMTPTestServer.withServer(configuration) { server in
            let run = try await Tool.run(
                ["verify", row.name, "--server", server.url(tls: row.tls), "--timeout", "60"]
                    + (row.logsIn ? ["--user", "ann"] : []),
                environment: row.logsIn ? ["SMTP_PASSWORD": "pencil"] : [:]
            )
            #expect(run.status == row.status, "\(run.errors)")
            #expect((run.status == 0) == run.errors.isEmpty)
        }
    }

    @Test("a host without an address is 68, one that takes no connection 69")
    func connecting() async throws {
        let unknown = try await Tool.run(["check", "--server", "smtp://host.invalid"])
        #expect(unknown.status == 68, "\(unknown.errors)")
        let refused = try await Tool.run(["check", "--server", "smtp://127.0.0.1:1"])
        #expect(refused.status == 69, "\(refused.errors)")
        let socket = try await Tool.run(["check", "--server", "smtp+unix:///nonexistent/socket"])
        #expect(socket.status == 69, "\(socket.errors)")
    }

    @Test("a password that no mechanism can carry is 78")
    func password() async throws {
        let configuration = SMTPTestServer.Configuration(users: ["ann": "x"], mechanisms: ["SCRAM-SHA-256"])
        try await SMTPTestServer.withServer(configuration) { server in
            let run = try await Tool.run(
                ["check", "--server", server.url(), "--user", "ann"],
                environment: ["SMTP_PASSWORD": "pen\u{7}cil"]
            )
            #expect(run.status == 78, "\(run.errors)")
        }
    }

    @Test(
        "a command line that is wrong is 64",
        arguments: [
            ["chek"], ["check", "--no-such-option"], ["check", "extra"], ["verify"], ["expand", "a", "b"],
            ["check", "--timeout"], ["verify", "--server"],
        ]
    )
    func usage(arguments: [String]) async throws {
        let run = try await Tool.run(arguments, environment: ["SMTP_URL": "smtp://127.0.0.1:1"])
        #expect(run.status == 64)
        #expect(run.output.isEmpty)
        #expect(run.errors.contains("Usage:"))
    }

    @Test("a certificate that has expired is 76")
    func expired() async throws {
        let authority = try CertificateAuthority()
        var request = CertificateRequest(dnsNames: ["localhost"])
        (request.notBefore, request.notAfter) = (.seconds(-7_200), .seconds(-3_600))
        let configuration = SMTPTestServer.Configuration(
            tls: .implicit(try authority.issue(request).identity)
        )
        try await TestFile.with(String(decoding: authority.own.chainPEM, as: UTF8.self)) { file in
            try await SMTPTestServer.withServer(configuration) { server in
                let url = server.url("smtps", host: "localhost", tls: nil)
                let run = try await Tool.run(["check", "--server", url, "--ca-file", file])
                #expect(run.status == 76)
                #expect(run.errors.contains("expired"))
            }
        }
    }

    @Test("the help has them all")
    func help() async throws {
        let run = try await Tool.run(["--help"])
        #expect(run.status == 0)
        for status in [0, 1, 64, 65, 67, 68, 69, 70, 75, 76, 77, 78] {
            #expect(
                run.output.split(separator: "\n").contains { $0.hasPrefix(" ") && $0.contains("\(status)  ") }
            )
        }
    }
}
