import Foundation
import SMTPTestServer
import Testing

@Suite("smtp: how it ends", .timeLimit(.minutes(5)))
struct EndingTests {
    @Test("SIGTERM ends a sink cleanly although a password was typed before")
    func sinkAfterPrompt() async throws {
        let run = try await Terminal.run(
            ["sink", "--port", "0", "--user", "ann"],
            typed: "pencil\n",
            endedAt: "Listening at"
        )
        #expect(run.status == 0, "\(run.shown)")
        #expect(run.shown.contains("0 messages"))
        #expect(run.echoesAfterwards)
    }

    @Test(
        "the time of a command is over even where it waits for a file that nobody writes",
        arguments: [["--eml", "FILE"], ["--password-file", "FILE", "--user", "ann", "--eml", "/dev/null"]]
    )
    func waitingForFile(options: [String]) async throws {
        try await Sending.withDirectory { directory in
            let path = directory.appending(path: "pipe").path(percentEncoded: false)
            let made = Process()
            made.executableURL = URL(filePath: "/usr/bin/env")
            made.arguments = ["mkfifo", path]
            try made.run()
            made.waitUntilExit()
            let run = try await Tool.run(
                ["send", "--server", "smtp://127.0.0.1:1?tls=none", "--timeout", "0.1"]
                    + options.map { $0 == "FILE" ? path : $0 }
            )
            #expect(run.status == 69, "\(run.errors)")
            #expect(run.errors.contains("the time of 0.1 s is over"))
        }
    }

    @Test(
        "options that cannot go together are refused",
        arguments: [
            ["--dry-run", "--json", "--text", "x"], ["--text-file", "-", "--attach", "-"],
            ["--attach", "-", "--attach", "-"],
        ]
    )
    func together(options: [String]) async throws {
        let run = try await Tool.run(
            [
                "send", "--server", "smtp://127.0.0.1:1?tls=none", "--from", "a@example.org", "--to",
                "b@example.net",
            ]
                + options
        )
        #expect(run.status == 64, "\(run.errors)")
    }

    @Test("--quit-after tls fails where the connection is not encrypted")
    func notEncrypted() async throws {
        try await SMTPTestServer.withServer { server in
            let run = try await Tool.run(["send", "--server", server.url(), "--quit-after", "tls"])
            #expect(run.status == 76, "\(run.errors)")
        }
    }

    @Test("EXTERNAL takes the user for whom to act, and no password")
    func external() async throws {
        let configuration = SMTPTestServer.Configuration(mechanisms: ["EXTERNAL"])
        try await SMTPTestServer.withServer(configuration) { server in
            let run = try await Tool.run(
                ["check", "--server", server.url(), "--auth", "EXTERNAL", "--user", "ann"]
            )
            // The server offers it inside TLS alone.
            #expect(run.status == 77, "\(run.errors)")
            #expect(!run.errors.contains("password for"))
        }
    }
}
