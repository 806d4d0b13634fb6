import AsyncSMTP
import Foundation
import SMTPTestServer
import Testing

/// Messages signed by DKIM on their way to a server.
@Suite("Signed messages: sending", .timeLimit(.minutes(5)))
struct SignedSendTests {
    private static let keys: [DKIMKey] = {
        let made = DKIMAlgorithm.allCases.map { try? DKIMKey.generate($0) }
        return made.compactMap(\.self)
    }()

    private static func signers() throws -> [DKIMSigner] {
        try Self.keys.enumerated().map {
            try DKIMSigner(domain: "example.org", selector: "s\($0.offset)", key: $0.element)
        }
    }

    /// Checks that the message has these signatures, and that they are those of the octets behind them.
    private static func check(
        _ message: SMTPTestServer.ReceivedMessage,
        _ signers: [DKIMSigner],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        var rest = message.content[...]
        var signatures: [UInt8] = []
        for _ in signers {
            #expect(rest.starts(with: "DKIM-Signature: ".utf8), sourceLocation: sourceLocation)
            // The field ends where a line begins that is no fold.
            while let end = rest.firstRange(of: Array("\r\n".utf8))?.upperBound {
                signatures += rest[..<end]
                rest = rest[end...]
                if rest.first != 0x20 && rest.first != 0x09 { break }
            }
        }
        let text = String(decoding: signatures, as: UTF8.self)
        let time = try #require(text.firstMatch(of: /t=([0-9]+)/).flatMap { Int64($0.1) })
        // Both algorithms give the same signature for the same octets.
        let expected = try DKIMSigner.sign(Array(rest), with: signers, secondsSince1970: time)
        #expect(expected == signatures + rest, sourceLocation: sourceLocation)
    }

    @Test("S-G3 the signatures are those of the octets that went out", arguments: PipeliningLevel.allCases)
    func composed(level: PipeliningLevel) async throws {
        let signers = try Self.signers()
        try await Loopback.withClient(
            configure: {
                $0.sending.pipelining = level
                $0.sending.dkim = signers
            }
        ) { server, client in
            let message = try ComposedSendTests.message()
            let receipt = try await client.send(message)
            #expect(receipt.messageID == message.messageID.value)
            for await outcome in client.send(contentsOf: [message, message]) { #expect(outcome.error == nil) }
            #expect(server.messages.count == 3)
            for stored in server.messages {
                try Self.check(stored, signers)
                // 8BITMIME is offered: the text is 7bit because a relay might recode it (RFC 6376 section 5.3).
                #expect(stored.content.allSatisfy { $0 < 0x80 })
                #expect(!stored.text.contains("dora"))
            }
        }
    }

    @Test(
        "S-G3 S-B2 written messages too: line ends, dots and Bcc are settled before the hash is made",
        arguments: [
            "Bcc: v@x\r\nFrom: a@example.org\r\nTo: b@example.net\r\n\r\n.\r\n..\r\nbody",
            "From: a@example.org\nTo: b@example.net\nBcc: v@x\n\n.\nbody\r\rlast\n",
            "From: a@example.org\r\nTo: b@example.net\r\n\r\n",
            "From: a@example.org\r\nTo: b@example.net\r\nSubject: Gr\u{fc}\u{df}e\r\n\r\nü\r\n \r\n\r\n",
        ],
        [false, true]
    )
    func written(text: String, usesChunking: Bool) async throws {
        let signers = try Self.signers()
        try await Loopback.withClient(
            configure: {
                $0.sending.dkim = signers
                $0.sending.usesChunking = usesChunking
            }
        ) { server, client in
            try await client.send(RawMessage(.text(text)))
            let stored = try #require(server.messages.first)
            try Self.check(stored, signers)
            #expect(!stored.text.contains("v@x"))
        }
    }

    @Test("a file and a stream are read once for the hash and once to be sent")
    func largeContent() async throws {
        let signers = try Self.signers()
        let text = "From: a@example.org\r\nBcc: v@x\r\nTo: b@example.net\r\n\r\n"
        let octets =
            Array(text.utf8) + [UInt8](repeating: 0x2E, count: 600).flatMap { _ in Array("line \r\n".utf8) }
        try await Loopback.withClient(configure: { $0.sending.dkim = signers }) { server, client in
            try await TestDirectory.with { directory in
                let file = directory.appending(path: "message")
                try Data(octets).write(to: file)
                try await client.send(RawMessage(.file(file.path(percentEncoded: false))))
            }
            let chunks = octets.map { [$0] }
            let content = MessageContent.stream {
                AsyncStream { continuation in
                    for chunk in chunks { continuation.yield(chunk) }
                    continuation.finish()
                }
            }
            try await client.send(RawMessage(content))
            #expect(server.messages.count == 2)
            for stored in server.messages { try Self.check(stored, signers) }
        }
    }

    @Test("signed messages are in lines, even where binary ones are allowed")
    func notBinary() async throws {
        let signers = try Self.signers()
        let extensions = ["8BITMIME", "BINARYMIME", "CHUNKING", "PIPELINING"]
        try await Loopback.withClient(
            .init(extensions: extensions),
            configure: {
                $0.sending.dkim = signers
                $0.sending.maximumCapability = .binary
            }
        ) { server, client in
            try await client.send(
                try ComposedSendTests.message().attaching(.attachment(.bytes(0...255), named: "x"))
            )
            let stored = try #require(server.messages.first)
            #expect(stored.mailParameters["BODY"]?.value == "8BITMIME")
            try Self.check(stored, signers)
        }
    }

    @Test("what cannot be signed is refused before anything is sent")
    func refused() async throws {
        let signers = try Self.signers()
        try await Loopback.withClient(configure: { $0.sending.dkim = signers }) { server, client in
            let once = AsyncStream<[UInt8]> { $0.finish() }
            let envelope = try Letter.envelope()
            var binary = envelope
            binary.parameters.body = .require(.binaryMIME)
            let rows: [(RawMessage, SMTPError.Code)] = [
                (RawMessage(.stream(once), envelope: envelope), .invalidArgument),
                (RawMessage(Letter.content, envelope: binary), .invalidArgument),
                (
                    RawMessage(.text("To: b@example.net\r\n\r\nno author\r\n"), envelope: envelope),
                    .invalidMessage
                ),
            ]
            for (message, code) in rows {
                let error = await #expect(throws: SMTPError.self) { try await client.send(message) }
                #expect(error?.code == code)
                #expect(error?.acceptance == .notAccepted)
            }
            #expect(server.sessions.isEmpty)
        }
    }
}
