import Foundation
import SMTPTestServer
import Testing

@Suite("smtp send --eml", .timeLimit(.minutes(5)))
struct SendEmlTests {
    private static let header = "From: ann@example.org\r\nTo: bob@example.net\r\n\r\n"
    private static let envelope: [String] = ["--from", "x@example.org", "--to", "y@example.net"]
    static let ways: [[String]] = [
        ["--eml", "FILE"], ["--eml", "-"], ["--eml", "FILE"] + envelope, ["--eml", "-"] + envelope,
    ]

    /// A message of any length with lines of all kinds: 8-bit octets, dots, empty lines, the longest line.
    private static func hard(_ length: Int) -> [UInt8] {
        var octets = Array(Self.header.utf8)
        let lines: [[UInt8]] = [
            Array(".".utf8), Array("..".utf8), Array(".x".utf8), [], [0xFF, 0x80, 0xE4],
            Array("From here".utf8),
            [UInt8](repeating: 0xFE, count: 998), [UInt8](repeating: UInt8(ascii: "."), count: 998),
            [0x01, 0x0B, 0x7F, 0x1B],
        ]
        var index = 0
        repeat {
            octets += lines[index % lines.count] + [0x0D, 0x0A]
            index += 1
        } while octets.count < length
        return octets
    }

    @Test(
        "the octets of the file arrive unchanged, from a file and from a pipe, with a given envelope or the header's",
        arguments: [1_000, 65_536, 70_000, 3_000_000],
        ways
    )
    func unchanged(length: Int, arguments: [String]) async throws {
        let octets = Self.hard(length)
        try await Sending.withFile(octets) { path in
            let options = arguments.map { $0 == "FILE" ? path : $0 }
            for extra in [[], ["--chunking"]] {
                try await Sending.run(options + extra, input: octets) { run, server in
                    #expect(run.status == 0, "\(run.errors)")
                    let message = try #require(server.messages.first)
                    #expect(message.content == octets)
                    let isGiven = arguments.contains("--from")
                    #expect(message.sender == (isGiven ? "x@example.org" : "ann@example.org"))
                    let recipients = [isGiven ? "y@example.net" : "bob@example.net"]
                    #expect(message.recipients.map(\.address) == recipients)
                }
            }
        }
    }

    @Test("every line end becomes CRLF, and a last line gets one", arguments: ["\n", "\r", "\r\n"])
    func lineEnds(end: String) async throws {
        let lines = ["From: ann@example.org", "To: bob@example.net", "", "one", "", ".two"]
        let text = lines.joined(separator: end)
        try await Sending.run(["--eml", "-"], input: Array(text.utf8)) { run, server in
            #expect(run.status == 0, "\(run.errors)")
            #expect(server.messages.first?.text == lines.joined(separator: "\r\n") + "\r\n")
        }
    }

    @Test(
        "sender and recipients of the options replace those of the header, each on its own",
        arguments: [
            (["--from", "x@example.org"], "x@example.org", ["bob@example.net", "cy@example.net"], false),
            (["--from", "<>"], "", ["bob@example.net", "cy@example.net"], false),
            (["--to", "y@example.net"], "ann@example.org", ["y@example.net"], true),
            (
                ["--cc", "y@example.net", "--bcc", "Z <z@example.net>"], "ann@example.org",
                ["y@example.net", "z@example.net"], true
            ),
            (["--from", "x@example.org", "--to", "postmaster"], "x@example.org", ["Postmaster"], true),
        ] as [([String], String, [String], Bool)]
    )
    func envelope(arguments: [String], sender: String, recipients: [String], keepsBcc: Bool) async throws {
        let octets = Array(
            "From: ann@example.org\r\nTo: bob@example.net\r\nBcc: cy@example.net\r\n\r\nHello\r\n".utf8
        )
        try await Sending.run(["--eml", "-"] + arguments, input: octets) { run, server in
            #expect(run.status == 0, "\(run.errors)")
            let message = try #require(server.messages.first)
            #expect(message.sender == sender)
            #expect(message.recipients.map(\.address) == recipients)
            // Who is named by the header's Bcc gets the message without it.
            #expect(message.text.contains("Bcc:") == keepsBcc)
            #expect(!keepsBcc || message.content == octets)
        }
    }

    @Test(
        "content that cannot be sent is unusable data",
        arguments: [
            (
                "From: a@example.org\r\nTo: b@example.net\r\n\r\n" + String(repeating: "x", count: 999)
                    + "\r\n", "998"
            ),
            ("From: a@example.org\r\nTo: b@example.net\r\n\r\na\0b\r\n", "NUL"),
            ("From: a@example.org\r\n\r\nnobody\r\n", "recipient"),
            ("To: a@example.org\r\n\r\nnobody\r\n", "from"),
            ("From: a@example.org\r\nTo: not an address\r\n\r\n\r\n", "to"),
            ("", "recipient"),
        ]
    )
    func unusable(text: String, message: String) async throws {
        let octets = Array(text.utf8)
        for arguments in [["--eml", "-"], ["--eml", "-", "--dry-run"]] {
            try await Sending.run(arguments, input: octets) { run, server in
                #expect(run.status == 65, "\(run.errors)")
                #expect(run.errors.contains(message), "\(run.errors)")
                #expect(server.messages.isEmpty)
            }
        }
    }

    @Test("a long line in what is sent while it is read ends it, and nothing is accepted")
    func longLineInStream() async throws {
        let octets = Self.hard(100_000) + [UInt8](repeating: UInt8(ascii: "x"), count: 999) + [0x0D, 0x0A]
        try await Sending.run(["--eml", "-"] + Self.envelope, input: octets) { run, server in
            #expect(run.status == 65, "\(run.errors)")
            #expect(run.errors.contains("998"))
            #expect(server.messages.isEmpty)
        }
    }

    @Test(
        "a file that is not there, or a directory, is unusable data",
        arguments: ["/nonexistent/x.eml", "/tmp"]
    )
    func missing(path: String) async throws {
        let run = try await Sending.run(["--eml", path, "--dry-run"])
        #expect(run.status == 65)
        #expect(run.errors.contains(path))
    }

    @Test("a pipe that gives nothing does not outlive the time of the command")
    func silentPipe() async throws {
        try await SMTPTestServer.withServer { server in
            let url = "smtp://\(server.host):\(server.port)?tls=none"
            let tool = try RunningTool(["send", "--eml", "-", "--server", url, "--timeout", "0.3", "--json"])
            let run = try await tool.wait()
            #expect(run.status == 69, "\(run.errors)")
            #expect(run.errors.contains("is over"))
            try SendStatusTests.check(try run.json())
            #expect(try #require(run.json()["error"] as? String).contains("nothing was sent"))
            tool.write([])
        }
    }
}
