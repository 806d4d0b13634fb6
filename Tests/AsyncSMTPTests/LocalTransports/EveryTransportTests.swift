import AsyncSMTP
import Foundation
import SMTPTestServer
import Testing

@Suite("Transports: what all have in common", .timeLimit(.minutes(20)))
struct EveryTransportTests {
    private static let envelope = Envelope(
        sender: .null,
        recipients: [Recipient(.postmaster)]
    )

    private static func error(_ body: () async throws -> Void) async throws -> SMTPError {
        try #require(await #expect(throws: SMTPError.self) { try await body() })
    }

    @Test(
        "S-B8.1 Bcc and Resent-Bcc never leave, whatever the transport",
        arguments: TransportKind.allCases,
        ["Bcc", "bCC", "Resent-Bcc"]
    )
    func hiddenRecipients(kind: TransportKind, field: String) async throws {
        let text =
            "From: a@x.example\nTo: b@x.example\n\(field): c@x.example,\n d@x.example\nSubject: s\n\nBcc: kept\n"
        let envelope = try Envelope(from: "a@x.example", to: ["b@x.example", "c@x.example"])
        try await kind.with { mail, contents in
            let receipt = try await mail.send(RawMessage(.text(text), envelope: envelope))
            #expect(receipt.acceptedRecipients.map(\.description) == ["<b@x.example>", "<c@x.example>"])
            #expect(receipt.refusedRecipients.isEmpty)
            let expected = "From: a@x.example\r\nTo: b@x.example\r\nSubject: s\r\n\r\nBcc: kept\r\n"
            #expect(try contents().map { String(decoding: $0, as: UTF8.self) } == [expected])
        }
    }

    @Test(
        "S-B8.1 a composed message has its hidden recipients in the envelope alone",
        arguments: TransportKind.allCases
    )
    func composed(kind: TransportKind) async throws {
        let message = try Message(
            from: "Ann <ann@x.example>",
            to: "bob@x.example",
            bcc: "carl@x.example",
            subject: "Grüße",
            text: "ü\n.\n"
        )
        try await kind.with { mail, contents in
            let receipt = try await mail.send(message)
            #expect(receipt.acceptedRecipients.map(\.description) == ["<bob@x.example>", "<carl@x.example>"])
            let text = String(decoding: try #require(try contents().first), as: UTF8.self)
            #expect(!text.contains("carl"))
            #expect(text.contains("\r\n.\r\n"))
            #expect(receipt.messageID.map { text.contains("Message-ID: <\($0)>") } == true)
            #expect(receipt.octets == UInt64(text.utf8.count))
        }
    }

    @Test("line ends are normalised and dots stay single", arguments: TransportKind.local)
    func lines(kind: TransportKind) async throws {
        try await kind.with { mail, contents in
            let receipt = try await mail.send(
                RawMessage(.text("S: x\n\n.a\r\n..b\rc\r\n.\r\nd"), envelope: Self.envelope)
            )
            let expected = "S: x\r\n\r\n.a\r\n..b\r\nc\r\n.\r\nd"
            #expect(try contents().map { String(decoding: $0, as: UTF8.self) } == [expected])
            #expect(receipt.octets == UInt64(expected.utf8.count))
            #expect(receipt.messageID == nil)
        }
    }

    @Test(
        "a message at fault is stored nowhere",
        arguments: TransportKind.local,
        ["\0", String(repeating: "x", count: 999)]
    )
    func fault(kind: TransportKind, body: String) async throws {
        try await kind.with { mail, contents in
            let text = "S: x\r\n\r\n\(body)\r\n"
            for content in [MessageContent.text(text), .stream(OnePiece(text: text))] {
                let error = try await Self.error {
                    try await mail.send(RawMessage(content, envelope: Self.envelope))
                }
                #expect(error.code == .invalidMessage)
                #expect(error.acceptance == .notAccepted)
            }
            #expect(try contents().isEmpty)
        }
    }

    @Test("the options of a call come before those of the transport", arguments: TransportKind.local)
    func options(kind: TransportKind) async throws {
        var options = SendOptions()
        options.contentRules.lineEnds = .reject
        try await kind.with { mail, contents in
            let message = RawMessage(.text("S: x\n\n"), envelope: Self.envelope)
            let error = try await Self.error { try await mail.send(message, options: options) }
            #expect((error.underlying as? ContentError)?.reason == .bareLineEnd)
            options.contentRules.lineEnds = .normalize
            try await mail.send(message, options: options)
            #expect(try contents().count == 1)
        }
    }

    @Test("defaults are applied, redirection too", arguments: TransportKind.allCases)
    func defaults(kind: TransportKind) async throws {
        var defaults = MessageDefaults()
        defaults.redirection = [try EmailAddress("test@x.example")]
        try await kind.with(defaults: defaults) { mail, _ in
            let receipt = try await mail.send(Sample.message)
            #expect(receipt.acceptedRecipients.map(\.description) == ["<test@x.example>"])
            #expect(receipt.messageID == "sample@example.org")
        }
    }

    @Test("binary content has no way", arguments: TransportKind.local)
    func binary(kind: TransportKind) async throws {
        var envelope = Self.envelope
        envelope.parameters.body = .require(.binaryMIME)
        try await kind.with { mail, contents in
            let error = try await Self.error {
                try await mail.send(RawMessage(.bytes([0, 10, 0]), envelope: envelope))
            }
            #expect(error.code == .notSupported)
            #expect(try contents().isEmpty)
        }
    }

    @Test("20 MiB go through, as a stream", arguments: TransportKind.local)
    func large(kind: TransportKind) async throws {
        let pieces = 20 * 1024 * 1024 / FailingSource.piece.count
        let source = RepeatedPiece(count: pieces)
        try await kind.with { mail, contents in
            let receipt = try await mail.send(RawMessage(.stream(source), envelope: Self.envelope))
            let content = try #require(try contents().first)
            #expect(receipt.octets == UInt64(source.length))
            #expect(content.count == source.length)
            #expect(Array(content.suffix(FailingSource.piece.count)) == FailingSource.piece)
        }
    }
}
