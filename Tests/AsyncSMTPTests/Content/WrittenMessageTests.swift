import AsyncSMTP
import NIOCore
import Testing

@Suite("Messages looked at without being sent")
struct WrittenMessageTests {
    private static let text =
        "From: a@example.org\r\nBcc: c@example.org\r\nTo: b@example.org\r\n\r\nHello\r\n"
    private static let shown = "From: a@example.org\r\nTo: b@example.org\r\n\r\nHello\r\n"

    private static func octets(_ content: MessageContent) async throws -> String {
        var octets: [UInt8] = []
        try await content.read { octets += $0.readableBytesView }
        return String(decoding: octets, as: UTF8.self)
    }

    private static func content(_ body: Int) -> MessageContent {
        .text(Self.text + String(repeating: "line\r\n", count: body))
    }

    @Test("a written message is what would go out, Bcc left out", arguments: [0, 20_000])
    func hidden(body: Int) async throws {
        let written = try await RawMessage(Self.content(body)).written()
        let expected = Self.shown + String(repeating: "line\r\n", count: body)
        // Twice: it can be read again.
        #expect(try await Self.octets(written.content) == expected)
        #expect(try await Self.octets(written.content) == expected)
        let recipients = try #require(written.envelope).recipients.map { "\($0.path)" }
        #expect(recipients == ["<b@example.org>", "<c@example.org>"])
    }

    @Test("content with an envelope stays as it is", arguments: [0, 20_000])
    func unchanged(body: Int) async throws {
        let envelope = try Envelope(from: "x@example.org", to: ["y@example.org"])
        let written = try await Self.content(body).written(for: envelope)
        #expect(try await Self.octets(written) == Self.text + String(repeating: "line\r\n", count: body))
    }

    @Test("it is signed where that is asked for", arguments: [0, 20_000])
    func signed(body: Int) async throws {
        var options = SendOptions()
        let key = try DKIMKey.generate(.ed25519SHA256)
        options.dkim = [try DKIMSigner(domain: "example.org", selector: "s", key: key)]
        let written = try await RawMessage(Self.content(body)).written(options: options)
        let text = try await Self.octets(written.content)
        #expect(text.hasPrefix("DKIM-Signature: "))
        #expect(text.hasSuffix(Self.shown + String(repeating: "line\r\n", count: body)))
    }

    @Test("a composed message is rendered with its defaults")
    func composed() async throws {
        var defaults = MessageDefaults()
        defaults.from = Mailbox(try EmailAddress("a@example.org"))
        let message = try Message(to: "b@example.org", subject: "x", text: "Hello")
        let written = try await message.written(defaults: defaults)
        #expect(try await Self.octets(written.content).contains("From: a@example.org\r\n"))
    }

    @Test("what could not be sent is refused, and what can be read once is not looked at")
    func refused() async throws {
        await #expect(throws: SMTPError.self) {
            try await RawMessage(.text("From: a@example.org\r\nTo: b@example.org\r\n\r\n\0")).written()
        }
        let once = MessageContent.stream(AsyncStream<[UInt8]> { $0.finish() })
        let envelope = try Envelope(from: "x@example.org", to: ["y@example.org"])
        await #expect(throws: SMTPError.self) { try await once.written(for: envelope) }
        await #expect(throws: SMTPError.self) { try await RawMessage(once, envelope: envelope).written() }
    }

    @Test("the header tells what the caller does not")
    func envelopes() async throws {
        let content = Self.content(0)
        let all = try await Envelope(headerOf: content)
        #expect("\(all.sender)" == "<a@example.org>")
        #expect(all.recipients.map { "\($0.path)" } == ["<b@example.org>", "<c@example.org>"])
        let sender = try await Envelope(headerOf: content, sender: .null)
        #expect(sender.sender == .null)
        #expect(sender.recipients == all.recipients)
        let path = Recipient(try EmailAddress("y@example.org"))
        let recipients = try await Envelope(
            headerOf: .text("From: a@example.org\r\n\r\n"),
            recipients: [path]
        )
        #expect(recipients.sender == all.sender)
        #expect(recipients.recipients == [path])
        for (text, sender, recipients) in [
            ("To: b@example.org\r\n\r\n", nil, [path]), ("From: b@example.org\r\n\r\n", .null, []),
        ] as [(String, ReversePath?, [Recipient])] {
            let error = await #expect(throws: SMTPError.self) {
                try await Envelope(headerOf: .text(text), sender: sender, recipients: recipients)
            }
            #expect(error?.code == .invalidMessage)
        }
        let once = MessageContent.stream(AsyncStream<[UInt8]> { $0.finish() })
        let error = await #expect(throws: SMTPError.self) { try await Envelope(headerOf: once) }
        #expect(error?.code == .invalidArgument)
    }

    @Test("what can be read once is copied where it has to be read again", arguments: [0, 1, 100, 3_000])
    func spooled(count: Int) async throws {
        let pieces = (0..<count).map { [UInt8](repeating: UInt8(truncatingIfNeeded: $0), count: 1_000) }
        let once = MessageContent.stream(
            AsyncStream<[UInt8]> { continuation in
                for piece in pieces { continuation.yield(piece) }
                continuation.finish()
            }
        )
        try await once.withRereadable { content in
            #expect(content.isRereadable)
            for _ in 1...2 {
                var octets: [UInt8] = []
                try await content.read { octets += $0.readableBytesView }
                #expect(octets == pieces.flatMap(\.self))
            }
        }
        await #expect(throws: ContentSourceError.alreadyRead) { try await once.withRereadable { _ in } }
        let same = try await MessageContent.text("x").withRereadable { try await Self.octets($0) }
        #expect(same == "x")
    }

    @Test("an error in the middle of the copy, or of its use, ends it")
    func failingSpool() async throws {
        struct Failure: Error {}
        let failing = MessageContent.stream(
            AsyncThrowingStream<[UInt8], any Error> { continuation in
                continuation.yield([1, 2, 3])
                continuation.finish(throwing: Failure())
            }
        )
        await #expect(throws: Failure.self) { try await failing.withRereadable { _ in } }
        let good = MessageContent.stream(
            AsyncStream<[UInt8]> { continuation in
                continuation.yield([1])
                continuation.finish()
            }
        )
        await #expect(throws: Failure.self) { try await good.withRereadable { _ in throw Failure() } }
    }
}
