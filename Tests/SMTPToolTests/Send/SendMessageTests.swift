import Foundation
import SMTPTestServer
import Testing

@Suite("smtp send: messages made of options", .timeLimit(.minutes(5)))
struct SendMessageTests {
    @Test("every option of the message arrives; Bcc only in the envelope")
    func options() async throws {
        let arguments = [
            "--from", "Ann <ann@example.org>", "--to", "Bob <bob@example.net>, carl@example.net", "--to",
            "dan@example.net", "--cc", "eve@example.net", "--bcc", "fay@example.net", "--subject", "-Grüße-",
            "--text", "-- dashed", "--header", "X-Campaign: spring: 1", "--header", "Organization: Test",
        ]
        try await Sending.run(arguments) { run, server in
            #expect(run.status == 0, "\(run.errors)")
            let message = try #require(server.messages.first)
            #expect(message.sender == "ann@example.org")
            #expect(
                message.recipients.map(\.address)
                    == ["bob", "carl", "dan", "eve", "fay"].map { "\($0)@example.net" }
            )
            let text = message.text
            #expect(text.contains("From: Ann <ann@example.org>\r\n"))
            #expect(text.contains("To: Bob <bob@example.net>, carl@example.net, dan@example.net\r\n"))
            #expect(text.contains("Cc: eve@example.net\r\n"))
            #expect(!text.contains("fay"))
            #expect(text.contains("Subject: =?utf-8?B?LUdyw7zDn2Ut?=\r\n"))
            #expect(text.contains("X-Campaign: spring: 1\r\nOrganization: Test\r\n"))
            #expect(text.hasSuffix("\r\n\r\n-- dashed\r\n"))
            #expect(run.output == "accepted for 5 of 5 recipients, queued as \(message.queueID)\n")
            #expect(run.errors.isEmpty)
        }
    }

    @Test("several authors: the first one is the sender")
    func authors() async throws {
        let arguments = ["--from", "a@example.org, b@example.org", "--to", "c@example.net"]
        try await Sending.run(arguments) { run, server in
            #expect(run.status == 0, "\(run.errors)")
            let message = try #require(server.messages.first)
            #expect(message.sender == "a@example.org")
            #expect(message.text.contains("From: a@example.org, b@example.org\r\nSender: a@example.org\r\n"))
        }
    }

    @Test("text, HTML and attachments come from files", arguments: [10, 200_000])
    func files(length: Int) async throws {
        let octets = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let lines = String(repeating: "Zeile über Zeile\n", count: max(1, length / 17))
        try await Sending.withDirectory { directory in
            let paths = ["text.txt", "page.html", "data.bin"].map { directory.appending(path: $0).path() }
            try Data(lines.utf8).write(to: URL(filePath: paths[0]))
            try Data("<p>Grüße</p>".utf8).write(to: URL(filePath: paths[1]))
            try Data(octets).write(to: URL(filePath: paths[2]))
            let arguments = [
                "--from", "ann@example.org", "--to", "bob@example.net", "--text-file", paths[0],
                "--html-file",
                paths[1], "--attach", paths[2], "--attach", paths[1],
            ]
            try await Sending.run(arguments) { run, server in
                #expect(run.status == 0, "\(run.errors)")
                let text = try #require(server.messages.first).text
                #expect(text.contains("multipart/mixed"))
                #expect(text.contains("multipart/alternative"))
                #expect(text.contains("filename=data.bin") || text.contains("filename=\"data.bin\""))
                #expect(text.contains("filename=page.html") || text.contains("filename=\"page.html\""))
                let encoded = Data(octets).base64EncodedString(options: .lineLength76Characters)
                    .replacing("\n", with: "\r\n").replacing("\r\r\n", with: "\r\n")
                #expect(text.contains(encoded))
            }
        }
    }

    @Test("text and HTML come from standard input", arguments: ["--text-file", "--html-file"])
    func standardInput(option: String) async throws {
        let arguments = ["--from", "ann@example.org", "--to", "bob@example.net", option, "-"]
        // More than what is held in memory, with characters of several octets at every place.
        let text = String(repeating: "äöü€😀x\n", count: 20_000)
        try await Sending.run(arguments, input: Array(text.utf8)) { run, server in
            #expect(run.status == 0, "\(run.errors)")
            let message = try #require(server.messages.first)
            #expect(message.text.contains(option == "--html-file" ? "text/html" : "text/plain"))
            #expect(message.contentLength > text.utf8.count)
        }
    }

    @Test(
        "what cannot be a message is refused before anything is sent",
        arguments: [
            (["--to", "b@example.net"], 64, "--from"),
            (["--from", "a@example.org"], 64, "--to"),
            (["--from", "no address", "--to", "b@example.net"], 65, "--from"),
            (["--from", "a@example.org", "--to", "b@example.net,,"], 65, "--to"),
            (["--from", "a@example.org", "--cc", "b@"], 65, "--cc"),
            (["--from", "a@example.org", "--bcc", "@b"], 65, "--bcc"),
            (Sending.letter + ["--header", "Subject: x"], 64, "Subject"),
            (Sending.letter + ["--header", "Content-Type: text/html"], 64, "Content-Type"),
            (Sending.letter + ["--header", "no field"], 64, "--header"),
            (Sending.letter + ["--header", "X-A: b\r\nX-C: d"], 64, "--header"),
            (Sending.letter + ["--header", "X A: b"], 64, "--header"),
            (Sending.letter + ["--subject", "a\nb"], 65, "Subject"),
            (Sending.letter + ["--text-file", "-"], 64, "--text-file"),
            (
                ["--from", "a@b.c", "--to", "b@b.c", "--text-file", "-", "--html-file", "-"], 64,
                "standard input"
            ),
            (Sending.letter + ["--attach", "/nonexistent/file"], 65, "/nonexistent/file"),
            (Sending.letter + ["--attach", "/"], 65, "cannot be read"),
            (Sending.letter + ["--html-file", "/nonexistent/file"], 65, "/nonexistent/file"),
            (["--eml", "-", "--subject", "x"], 64, "--subject"),
            (["--eml", "-", "--attach", "x"], 64, "--attach"),
        ] as [([String], Int32, String)]
    )
    func refused(arguments: [String], status: Int32, message: String) async throws {
        try await Sending.run(arguments) { run, server in
            #expect(run.status == status, "\(run.errors)")
            #expect(run.errors.contains(message), "\(run.errors)")
            #expect(run.output.isEmpty)
            #expect(server.messages.isEmpty)
        }
    }

    @Test("a text that is not UTF-8 is refused, at any place", arguments: [0, 65_535, 262_143, 300_000])
    func notUTF8(place: Int) async throws {
        var octets = [UInt8](repeating: UInt8(ascii: "a"), count: 300_001)
        octets[place] = 0xE4
        try await Sending.withFile(octets, named: "latin.txt") { path in
            let run = try await Sending.run(
                ["--dry-run", "--from", "a@example.org", "--to", "b@example.net", "--text-file", path]
            )
            #expect(run.status == 65)
            #expect(run.errors.contains("UTF-8"))
        }
    }
}
