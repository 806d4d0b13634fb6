import AsyncSMTP
import Foundation
import SMTPTestServer
import Testing

/// Composed messages on their way to a server.
@Suite("Composed messages: sending", .timeLimit(.minutes(5)))
struct ComposedSendTests {
    static let note = "Grüße\n.\nFrom here\n"

    static func message(_ subject: String = "Grüße aus Köln") throws -> Message {
        try Message(
            from: "Ann Müller <ann@example.org>",
            to: "Bob <bob@example.net>",
            cc: "carol@example.net",
            bcc: "dora@example.net, Bob <bob@example.net>",
            subject: subject,
            text: Self.note
        )
    }

    @Test("S-B8.1 recipients of Bcc get it, and nobody learns of them", arguments: PipeliningLevel.allCases)
    func hiddenRecipients(level: PipeliningLevel) async throws {
        try await Loopback.withClient(configure: { $0.sending.pipelining = level }) { server, client in
            let message = try Self.message()
            let receipt = try await client.send(message)
            let stored = try #require(server.messages.first)
            #expect(stored.sender == "ann@example.org")
            // One who is named twice gets it once.
            #expect(stored.addresses == ["bob@example.net", "carol@example.net", "dora@example.net"])
            #expect(!stored.text.contains("dora"))
            #expect(!stored.text.lowercased().contains("bcc"))
            #expect(receipt.messageID == message.messageID.value)
            #expect(receipt.octets == UInt64(stored.contentLength))
        }
    }

    @Test("S-B8.2 the same message sent twice is the same octets, a renewed one is not")
    func sameOctets() async throws {
        try await Loopback.withClient { server, client in
            let message = try Self.message().attaching(.attachment(.bytes(0...255), named: "octets.bin"))
            try await client.send(message)
            try await client.send(message)
            try await client.send(message.renewed())
            let contents = server.messages.map(\.content)
            #expect(contents.count == 3)
            #expect(contents[0] == contents[1])
            #expect(contents[0] != contents[2])
        }
    }

    @Test("a session sends it too, and so does a fan-out, of ready ones or made for each")
    func everyWay() async throws {
        try await Loopback.withSession { server, session in
            try await session.send(try Self.message("by a session"))
            #expect(server.messages.count == 1)
        }
        try await Loopback.withClient { server, client in
            let messages = try (0..<40).map { try Self.message("number \($0)") }
            for await outcome in client.send(contentsOf: messages) { #expect(outcome.error == nil) }
            let each = client.send(toEach: 40..<80) { try Self.message("number \($0)") }
            for await outcome in each { #expect(outcome.error == nil) }
            let stream = AsyncStream { continuation in
                for message in messages { continuation.yield(message) }
                continuation.finish()
            }
            for await outcome in client.send(contentsOf: stream) { #expect(outcome.error == nil) }
            #expect(server.messages.count == 120)
            for number in 0..<80 {
                let count = server.messages.count { $0.text.contains("Subject: number \(number)\r\n") }
                #expect(count == (number < 40 ? 2 : 1))
            }
        }
    }

    @Test("an envelope of its own, with parameters")
    func ownEnvelope() async throws {
        try await Loopback.withClient(.init(extensions: ["DSN", "PIPELINING", "8BITMIME"])) {
            server,
            client in
            let message = try Self.message()
            var envelope = try Envelope(of: message)
            envelope.sender = .null
            envelope.recipients = [Recipient(try EmailAddress("eve@example.com"))]
            envelope.parameters.returnContent = .require(.headers)
            try await client.send(AddressedMessage(message, envelope: envelope))
            let stored = try #require(server.messages.first)
            #expect(stored.sender == "")
            #expect(stored.addresses == ["eve@example.com"])
            #expect(stored.mailParameters["RET"]?.value == "HDRS")
        }
    }

    @Test("R5322-3.6.6-1 a message sent again goes to those who stand in its block")
    func resent() async throws {
        try await Loopback.withClient { server, client in
            let block = ResentBlock(
                from: Mailbox(try EmailAddress("fred@example.com")),
                to: [Mailbox(try EmailAddress("gina@example.com"))],
                bcc: [Mailbox(try EmailAddress("hans@example.com"))]
            )
            let message = try Self.message().resent(block)
            try await client.send(message)
            let stored = try #require(server.messages.first)
            #expect(stored.sender == "fred@example.com")
            #expect(stored.addresses == ["gina@example.com", "hans@example.com"])
            #expect(stored.text.hasPrefix("Resent-Date: "))
            #expect(!stored.text.contains("hans"))
            await #expect(throws: SMTPError.self) { try await client.send(message.resent(block)) }
            #expect(server.messages.count == 1)
        }
    }

    @Test("a file is attached and read while it is sent")
    func fileAttachment() async throws {
        let octets = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try await TestDirectory.with { directory in
            let file = directory.appending(path: "Übersicht.pdf")
            try Data(octets).write(to: file)
            try await self.sendFile(file.path(percentEncoded: false), octets)
        }
    }

    private func sendFile(_ path: String, _ octets: [UInt8]) async throws {
        try await Loopback.withClient { server, client in
            let message = try Self.message().attaching(.attachment(file: path))
            let receipt = try await client.send(message)
            let stored = try #require(server.messages.first)
            #expect(receipt.octets == UInt64(stored.contentLength))
            #expect(stored.text.contains("Content-Type: application/pdf"))
            #expect(stored.text.contains("filename*=utf-8''%C3%9Cbersicht.pdf"))
            // Behind it stands the last delimiter alone.
            let encoded = try #require(stored.text.split(separator: "\r\n\r\n").dropLast().last)
            let decoded = Data(base64Encoded: String(encoded), options: .ignoreUnknownCharacters)
            #expect(decoded?.elementsEqual(octets) == true)
        }
    }
}
