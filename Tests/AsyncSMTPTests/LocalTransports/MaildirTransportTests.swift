import Foundation
import Testing

@testable import AsyncSMTP

@Suite("Transports: maildir", .timeLimit(.minutes(20)))
struct MaildirTransportTests {
    private static func names(in directory: URL, _ path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory.appending(path: path).path()).sorted()
    }

    @Test(
        "one file in new, with LF line ends, Return-Path first",
        arguments: [("a@x.example", "<a@x.example>"), ("", "<>")]
    )
    func delivery(sender: String, path: String) async throws {
        try await TestDirectory.with { directory in
            let text = "Return-Path: <forged@x.example>\r\nSubject: s\r\n\r\n.a\r\nFrom b\r\n"
            let envelope = try Envelope(from: sender, to: ["b@x.example", "c@x.example"])
            let receipt = try await MaildirTransport(directory: directory.path()).send(
                RawMessage(.text(text), envelope: envelope)
            )
            let location = try #require(receipt.location)
            let expected = "Return-Path: \(path)\nSubject: s\n\n.a\nFrom b\n"
            #expect(try String(contentsOfFile: location, encoding: .utf8) == expected)
            #expect(try Self.names(in: directory, "") == ["cur", "new", "tmp"])
            #expect(try Self.names(in: directory, "new") == [URL(filePath: location).lastPathComponent])
            #expect(try Self.names(in: directory, "tmp").isEmpty)
            #expect(receipt.acceptedRecipients.count == 2)
            let attributes = try FileManager.default.attributesOfItem(atPath: location)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test("a received message is stored as it came: with its Bcc, and lines of any length")
    func received() async throws {
        try await TestDirectory.with { directory in
            let long = String(repeating: "x", count: 2_000)
            let envelope = try Envelope(from: "a@x.example", to: ["b@x.example"])
            let receipt = try await MaildirTransport(forReceivedMessagesIn: directory.path()).send(
                RawMessage(
                    .text("Bcc: c@x.example\r\nResent-Bcc: d@x.example\r\n\r\n\(long)\r\n"),
                    envelope: envelope
                )
            )
            let stored = try String(contentsOfFile: try #require(receipt.location), encoding: .utf8)
            #expect(
                stored
                    == "Return-Path: <a@x.example>\nBcc: c@x.example\nResent-Bcc: d@x.example\n\n\(long)\n"
            )
        }
    }

    @Test("what cannot be moved to new is not left in tmp")
    func brokenNew() async throws {
        try await TestDirectory.with { directory in
            try Data().write(to: directory.appending(path: "new"))
            let mail = MaildirTransport(directory: directory.path())
            let error = try #require(
                await #expect(throws: SMTPError.self) { try await mail.send(Sample.message) }
            )
            #expect(error.code == .transportFailed)
            #expect(error.acceptance == .notAccepted)
            #expect(try Self.names(in: directory, "tmp").isEmpty)
        }
    }

    @Test("200 deliveries at a time have 200 names")
    func manyAtATime() async throws {
        try await TestDirectory.with { directory in
            let mail = MaildirTransport(directory: directory.path())
            try await withThrowingTaskGroup { group in
                for _ in 0..<200 { group.addTask { try await mail.send(Sample.message) } }
                try await group.waitForAll()
            }
            #expect(try Self.names(in: directory, "new").count == 200)
            #expect(try Self.names(in: directory, "tmp").isEmpty)
        }
    }

    @Test("required parameters that a maildir cannot keep are refused, preferred ones left out")
    func parameters() async throws {
        try await TestDirectory.with { directory in
            let mail = MaildirTransport(directory: directory.path())
            var envelope = try Envelope(from: "a@x.example", to: ["b@x.example"])
            envelope.parameters.returnContent = .require(.full)
            let error = try #require(
                await #expect(throws: SMTPError.self) {
                    try await mail.send(RawMessage(.text("S: x\r\n\r\n"), envelope: envelope))
                }
            )
            #expect(error.code == .notSupported)
            #expect(error.message.contains("DSN"))
            envelope.parameters.returnContent = .prefer(.full)
            try await mail.send(RawMessage(.text("S: x\r\n\r\n"), envelope: envelope))
            #expect(try Self.names(in: directory, "new").count == 1)
        }
    }

    @Test("addresses and header fields outside ASCII are delivered")
    func unicode() async throws {
        try await TestDirectory.with { directory in
            let envelope = try Envelope(from: "grüße@x.example", to: ["bücher@x.example"])
            let receipt = try await MaildirTransport(directory: directory.path()).send(
                RawMessage(.text("Subject: Grüße\r\n\r\n"), envelope: envelope)
            )
            let text = try String(contentsOfFile: try #require(receipt.location), encoding: .utf8)
            #expect(text == "Return-Path: <grüße@x.example>\nSubject: Grüße\n\n")
        }
    }

    @Test(
        "a host is written as maildir wants it",
        arguments: [
            ("mx.example", "mx.example"), ("a/b:c", "a\\057b\\072c"), ("a\nb \0ü", "a_b___"),
            ("", "localhost"),
            (String(repeating: "h", count: 300), String(repeating: "h", count: 100)),
        ]
    )
    func host(name: String, expected: String) {
        #expect(UniqueName.sanitized(name) == expected)
        #expect(UniqueName.maildir(host: name).hasSuffix(".\(expected)"))
    }
}
