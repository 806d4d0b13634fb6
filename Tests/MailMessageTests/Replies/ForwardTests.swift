import Foundation
import MailAddress
import MailMessage
import Testing
import TransferEncoding

@Suite("Messages that are handed on")
struct ForwardTests {
    private static let original =
        "From: bob@example.net\r\nSubject: WG: Fwd: Minutes\r\nMessage-ID: <m@b>\r\nReferences: <l@b>\r\n\r\nHello\r\n"

    private static func mailbox(_ text: String) throws -> Mailbox { Mailbox(try EmailAddress(text)) }

    @Test("R2046-4 the octets go out unchanged as message/rfc822")
    func attachesOctets() async throws {
        let message = Message.forward(
            .text(Self.original),
            from: try Self.mailbox("ann@example.org"),
            to: [try Self.mailbox("carol@example.net")],
            text: "See below."
        )
        #expect(message.subject == "Fwd: Minutes")
        #expect(message.references.map(\.value) == ["l@b", "m@b"])
        #expect(message.inReplyTo.isEmpty)
        let text = String(decoding: try await message.rendered().octets(), as: UTF8.self)
        #expect(text.contains("Content-Type: message/rfc822\r\n"))
        #expect(text.contains("Content-Disposition: attachment\r\n"))
        #expect(text.contains("\r\n\r\n" + Self.original))
        #expect(text.contains("See below."))
    }

    @Test("R2046-4 a message composed here is attached with its own header")
    func attachesMessages() async throws {
        let inner = try Message(
            from: "bob@example.net",
            to: "ann@example.org",
            subject: "Minutes",
            text: "Hello"
        )
        let message = Message.forward(
            inner,
            from: try Self.mailbox("ann@example.org"),
            to: [try Self.mailbox("carol@example.net")]
        )
        #expect(message.subject == "Fwd: Minutes")
        #expect(message.references == [inner.messageID])
        let text = String(decoding: try await message.rendered().octets(), as: UTF8.self)
        #expect(text.contains("Message-ID: \(inner.messageID)\r\n"))
    }

    @Test(
        "R5322-3.6.4-1 the header given counts more than the octets, and one that is too large costs the subject only"
    )
    func takesTheHeaderGiven() throws {
        let from = try Self.mailbox("ann@example.org")
        let header = try ReceivedHeader(parsing: "Subject: Other\nMessage-ID: <o@b>\n".utf8)
        let named = Message.forward(.text(Self.original), header: header, from: from, to: [from])
        #expect(named.subject == "Fwd: Other")
        #expect(named.references.map(\.value) == ["o@b"])
        let large = "Subject: a\n" + String(repeating: "a:\n", count: 10_001)
        let unnamed = Message.forward(.text(large), from: from, to: [from])
        #expect(unnamed.subject == "Fwd:")
        #expect(unnamed.references.isEmpty)
        #expect(unnamed.attachments.count == 1)
    }

    @Test(
        "R2046-4 a message that message/rfc822 cannot carry is attached as a file, octet for octet",
        arguments: [
            String(repeating: "x", count: 999), "a\0b",
            "a\r\n" + String(repeating: "é", count: 500) + "\rb\nc",
        ],
        TransferCapability.allCases
    )
    func attachesAsFile(body: String, capability: TransferCapability) async throws {
        let from = try Self.mailbox("ann@example.org")
        let original = Array((Self.original + body).utf8)
        let message = Message.forward(.bytes(original), from: from, to: [from], text: "See below.")
        #expect(message.subject == "Fwd: Minutes")
        #expect(message.references.map(\.value) == ["l@b", "m@b"])
        let reading = try await MessageReading(message, for: capability)
        #expect(!reading.text.contains("message/rfc822"))
        let pieces = reading.text.components(
            separatedBy: "Content-Disposition: attachment; filename=message.eml"
        )
        let attached = try #require(pieces.last?.components(separatedBy: "\r\n--").first)
        #expect(pieces.count == 2)
        #expect(reading.lines(beginning: "Content-Type: application/octet-stream").count == 1)
        let end = try #require(attached.range(of: "\r\n\r\n"))
        let octets = attached[end.upperBound...].unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
        let lines = octets.filter { $0 != 0x0D && $0 != 0x0A }
        #expect((capability == .binary ? octets : Base64.decode(lines)) == original)
    }

    @Test(
        "R2046-4 lines of 998 octets, whatever ends them, are those of a message",
        arguments: ["\r\n", "\n", "\r"]
    )
    func attachesLongLines(lineEnd: String) async throws {
        let from = try Self.mailbox("ann@example.org")
        let line = String(repeating: "x", count: 998)
        let original = Self.original + line + lineEnd + line
        let message = Message.forward(.text(original), from: from, to: [from])
        #expect(message.attachments.map(\.mediaType) == [.messageRFC822])
        let reading = try await MessageReading(message)
        #expect(reading.text.contains("\r\n\r\n" + Self.original + line + "\r\n" + line))
    }
}
