import AsyncSMTP
import Foundation
import Testing

@Suite("smtp sink", .timeLimit(.minutes(5)))
struct SinkTests {
    @Test("says where it listens, what came, and a summary on a signal", arguments: [SIGINT, SIGTERM])
    func signals(signal: Int32) async throws {
        let sink = try await RunningSink.start()
        #expect(sink.url.wholeMatch(of: #/smtp://127\.0\.0\.1:[0-9]+\?tls=none/#) != nil)
        let receipt = try await sink.deliver(to: ["b@y.example", "c@y.example", "d@y.example", "e@y.example"])
        let run = try await sink.stop(signal)
        #expect(run.status == 0)
        let lines = run.output.split(separator: "\n")
        let queueID = try #require(receipt.queueIdentifier)
        #expect(
            lines.dropFirst() == [
                "<a@x.example> to <b@y.example>, <c@y.example>, <d@y.example>, 1 more: "
                    + "\"Grüße\" \(RunningSink.message.utf8.count) octets, \(queueID)"
            ]
        )
        #expect(run.errors == "smtp: 1 messages, \(RunningSink.message.utf8.count) octets, 1 sessions\n")
    }

    @Test("ends while a client is connected")
    func openSession() async throws {
        let sink = try await RunningSink.start()
        let session = try await SMTPSession.connect(to: sink.server)
        let run = try await sink.stop()
        #expect(run.status == 0)
        #expect(run.errors == "smtp: 0 messages, 0 octets, 1 sessions\n")
        await session.close()
    }

    @Test(
        "JSON: every key is there, of the same type",
        arguments: [
            (RunningSink.message, "Grüße", "1@x.example"), ("hi\r\n", "", nil),
            ("Subject: a\r\n b\r\nMessage-ID: nonsense\r\n\r\n", "a b", nil),
        ] as [(String, String, String?)]
    )
    func json(text: String, subject: String, messageID: String?) async throws {
        let sink = try await RunningSink.start(["--json"])
        var configuration = SMTPConfiguration()
        configuration.helloName = try HelloName("client.example")
        let receipt = try await sink.deliver(text, to: ["b@y.example", "c@y.example"], configuration)
        let run = try await sink.stop()
        let first = try #require(run.output.split(separator: "\n").first)
        #expect(first == #"{"error":null,"listening":"\#(sink.url)","pin":null}"#)
        let message = try #require(try run.messages().first)
        #expect(
            Set(message.keys) == [
                "sender", "recipients", "bytes", "messageID", "subject", "hello", "tls", "user", "file",
                "queueID",
            ]
        )
        #expect(message["sender"] as? String == "a@x.example")
        #expect(message["recipients"] as? [String] == ["b@y.example", "c@y.example"])
        #expect(message["bytes"] as? Int == text.utf8.count)
        #expect(message["messageID"] as? String == messageID)
        #expect(messageID != nil || message["messageID"] is NSNull)
        #expect(message["subject"] as? String == subject)
        #expect(message["hello"] as? String == "client.example")
        #expect(message["tls"] is NSNull)
        #expect(message["user"] is NSNull)
        #expect(message["file"] is NSNull)
        #expect(message["queueID"] as? String == receipt.queueIdentifier)
    }

    @Test(
        "listens on any address of this machine",
        arguments: [
            ("127.0.0.2", "smtp://127.0.0.2:"), ("::1", "smtp://[::1]:"), ("0.0.0.0", "smtp://0.0.0.0:"),
            ("localhost", "smtp://"),
        ]
    )
    func host(host: String, beginning: String) async throws {
        let sink = try await RunningSink.start(["--host", host])
        #expect(sink.url.hasPrefix(beginning))
        try await sink.deliver()
        #expect(try await sink.stop().status == 0)
    }

    @Test("speaks LMTP, and over Unix sockets", arguments: [true, false], [true, false])
    func lmtp(isLMTP: Bool, isUnix: Bool) async throws {
        try await SinkDirectory.with { directory in
            let path = directory.appending(path: "s").path()
            let arguments = (isLMTP ? ["--lmtp"] : []) + (isUnix ? ["--unix-socket", path] : [])
            let sink = try await RunningSink.start(arguments)
            let scheme = isLMTP ? "lmtp" : "smtp"
            #expect(sink.url.hasPrefix(isUnix ? "\(scheme)+unix://\(path)" : "\(scheme)://127.0.0.1:"))
            let receipt = try await sink.deliver(to: ["b@y.example", "c@y.example"])
            #expect(receipt.negotiation.flavour == (isLMTP ? .lmtp : .smtp))
            #expect(receipt.accepted.count == 2)
            let run = try await sink.stop()
            #expect(run.output.split(separator: "\n").count == 2)
            #expect(run.status == 0)
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test("nothing that a message says moves the cursor of a terminal")
    func controls() async throws {
        let sink = try await RunningSink.start()
        try await sink.deliver("Subject: =?utf-8?q?a=1B[2J=0Ab?=\r\n\r\nx\r\n")
        let run = try await sink.stop()
        #expect(run.output.split(separator: "\n").count == 2)
        #expect(!run.output.contains("\u{1B}"))
    }
}
