import AsyncSMTP
import Foundation
import NIOCore
import SMTPTestServer
import Testing

@Suite("Content: sources", .timeLimit(.minutes(20)))
struct ContentSourceTests {
    private static let line = String(repeating: "x", count: 70)
    /// Long enough for several pieces of each source; every second line end is LF only.
    private static let text =
        "Subject: sources\r\nMessage-ID: <1@client.example>\r\n\r\n"
        + String(repeating: ".\(line)\r\n\(line)\n", count: 2_000)
    private static let stored = text.replacing("\r\n", with: "\n").replacing("\n", with: "\r\n")

    /// One way to give the same octets.
    enum Source: String, CaseIterable, Sendable, CustomTestStringConvertible {
        case bytes, text, buffer, file
        case stream = "one-shot stream"
        case streamOfSmallPieces = "one-shot stream of small pieces"
        case streamAgain = "re-readable stream"
        case streamOfKnownLength = "one-shot stream with length"
        case streamAgainOfKnownLength = "re-readable stream with length"

        var testDescription: String { self.rawValue }
        /// Whether the octets can be looked at before they are sent.
        var isReadBefore: Bool {
            self != .stream && self != .streamOfSmallPieces && self != .streamOfKnownLength
        }
    }

    private static func content(_ source: Source, of text: String, in directory: URL) throws -> MessageContent
    {
        let length = UInt64(text.utf8.count)
        switch source {
        case .bytes: return .bytes(text.utf8)
        case .text: return .text(text)
        case .buffer: return .buffer(ByteBuffer(string: text))
        case .file:
            let file = directory.appending(path: "message")
            try Data(text.utf8).write(to: file)
            return .file(file.path())
        case .stream: return .stream(ContentPieces(text.utf8, length: 4_099))
        case .streamOfSmallPieces: return .stream(ContentPieces(text.utf8, length: 997))
        case .streamAgain: return .stream { ContentPieces(text.utf8, length: 300_000) }
        case .streamOfKnownLength: return .stream(ContentPieces(text.utf8, length: 65_536), length: length)
        case .streamAgainOfKnownLength:
            return .stream(length: length) { ContentPieces(text.utf8, length: 1_000) }
        }
    }

    @Test("every source gives the same octets", arguments: Source.allCases, [false, true])
    func sources(source: Source, usesChunking: Bool) async throws {
        var options = SendOptions()
        options.usesChunking = usesChunking
        try await TestDirectory.with { directory in
            let content = try Self.content(source, of: Self.text, in: directory)
            #expect(content.isRereadable == source.isReadBefore)
            try await SMTPTestServer.withServer { server in
                try await SMTPSession.withSession(to: SMTPServer(at: server)) { session in
                    let receipt = try await session.send(
                        content,
                        envelope: AnyMessage.envelope(),
                        options: options
                    )
                    #expect(receipt.octets == UInt64(Self.stored.utf8.count))
                    #expect(receipt.messageID == (source.isReadBefore ? "1@client.example" : nil))
                }
                let message = try #require(server.messages.first)
                #expect(message.isBDAT == usesChunking)
                #expect(message.text == Self.stored)
                #expect(server.messageCount == 1)
                let size: Int? =
                    switch source {
                    case .stream, .streamOfSmallPieces: nil
                    // What was said about it, because it is not looked at.
                    case .streamOfKnownLength: Self.text.utf8.count
                    default: Self.stored.utf8.count
                    }
                #expect(message.mailParameters["SIZE"]?.value == size.map(String.init))
                // What cannot be looked at may have 8-bit octets.
                #expect(message.mailParameters["BODY"]?.value == (source.isReadBefore ? nil : "8BITMIME"))
            }
        }
    }

    @Test("the length of a stream is that of the octets it gives, whatever their line ends become")
    func lengthOfUnixLines() async throws {
        let text = "Subject: x\n\nbody\n"
        let wire = text.replacing("\n", with: "\r\n")
        try await SMTPTestServer.withServer { server in
            let content = MessageContent.stream(
                ContentPieces(text.utf8, length: 5),
                length: UInt64(text.utf8.count)
            )
            let message = RawMessage(content, envelope: try AnyMessage.envelope())
            try await SMTPClient.send(message, through: SMTPServer(at: server))
            #expect(server.messages.map(\.text) == [wire])
        }
    }

    @Test(
        "an empty content",
        arguments: [Source.bytes, .file, .stream, .streamAgainOfKnownLength],
        [false, true]
    )
    func empty(source: Source, usesChunking: Bool) async throws {
        var options = SendOptions()
        options.usesChunking = usesChunking
        try await TestDirectory.with { directory in
            let content = try Self.content(source, of: "", in: directory)
            try await SMTPTestServer.withServer { server in
                try await SMTPSession.withSession(to: SMTPServer(at: server)) { session in
                    let receipt = try await session.send(
                        content,
                        envelope: AnyMessage.envelope(),
                        options: options
                    )
                    #expect(receipt.octets == 0)
                }
                #expect(server.messages.map(\.text) == [""])
            }
        }
    }

    @Test("content that can be read again goes to many recipients in several transactions")
    func severalTransactions() async throws {
        var options = SendOptions()
        options.maximumRecipients = 2
        let recipients = (0..<5).map { "r\($0)@server.example" }
        let envelope = try Envelope(from: "a@client.example", to: recipients)
        try await TestDirectory.with { directory in
            for source in [Source.file, .streamAgain] {
                let content = try Self.content(source, of: Self.text, in: directory)
                try await SMTPTestServer.withServer { server in
                    try await SMTPSession.withSession(to: SMTPServer(at: server)) { session in
                        let receipt = try await session.send(content, envelope: envelope, options: options)
                        #expect(receipt.transactions == 3)
                        #expect(receipt.accepted.count == 5)
                    }
                    #expect(server.messages.map(\.text) == Array(repeating: Self.stored, count: 3))
                    #expect(server.messages.flatMap { $0.recipients.map(\.address) } == recipients)
                }
            }
        }
    }

    @Test(
        "S-B2.1 a line of 999 octets or a NUL is an error before anything is sent",
        arguments: [
            (String(repeating: "x", count: 999), ContentError.Reason.lineTooLong), ("a\0b", .nul),
        ]
    )
    func badContent(line: String, reason: ContentError.Reason) async throws {
        try await SMTPTestServer.withServer { server in
            let target = try SMTPServer(at: server)
            let message = RawMessage(
                .text("Subject: x\r\n\r\n\(line)\r\n"),
                envelope: try AnyMessage.envelope()
            )
            let error = await #expect(throws: SMTPError.self) {
                try await SMTPClient.send(message, through: target)
            }
            #expect(error?.code == .invalidMessage)
            #expect(error?.stage == .preparation)
            #expect((error?.underlying as? ContentError)?.reason == reason)
            #expect(server.sessions.isEmpty)
        }
    }
}
