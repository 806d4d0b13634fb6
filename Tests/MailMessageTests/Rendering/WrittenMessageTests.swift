import Foundation
import MailMessage
import Testing

/// Messages that are written already, inside others.
@Suite struct WrittenMessageTests {
    static let inUTF8 = "From: Jürgen <a@example.org>\r\nSubject: Grüße\r\n\r\nbody\r\n"
    static let inASCII = "From: a@example.org\n\nGrüße\n"

    @Test(
        "R6532-1 R2046-4 a header in UTF-8 makes an attached message message/global, from memory and from anywhere",
        arguments: [false, true]
    )
    func global(isStreamed: Bool) async throws {
        let octets = Array(Self.inUTF8.utf8)
        let content: MessageContent =
            isStreamed
            ? .stream {
                AsyncStream { continuation in
                    for octet in octets { continuation.yield([octet]) }
                    continuation.finish()
                }
            } : .bytes(octets)
        let message = try MessageFixture.plain().attaching(.message(content))
        let eightBit = String(
            decoding: try await MessageReading(message, for: .eightBit).octets,
            as: UTF8.self
        )
        #expect(eightBit.contains("Content-Type: message/global\r\nContent-Transfer-Encoding: 8bit\r\n"))
        #expect(eightBit.contains(Self.inUTF8))
        let sevenBit = String(
            decoding: try await MessageReading(message, for: .sevenBit).octets,
            as: UTF8.self
        )
        #expect(sevenBit.contains("Content-Type: message/global\r\nContent-Transfer-Encoding: base64\r\n"))
        #expect(sevenBit.utf8.allSatisfy { $0 < 0x80 })
        let encoded = Data(octets).base64EncodedString()
        #expect(sevenBit.replacing("\r\n", with: "").contains(encoded))
    }

    @Test(
        "R2046-4 UTF-8 in its body alone leaves it message/rfc822, which needs 8BITMIME whatever is asked for"
    )
    func bodyAlone() async throws {
        let message = try MessageFixture.plain().attaching(.message(.text(Self.inASCII)))
        for capability in TransferCapability.allCases {
            let text = String(
                decoding: try await MessageReading(message, for: capability).octets,
                as: UTF8.self
            )
            #expect(text.contains("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 8bit\r\n"))
            #expect(text.contains("From: a@example.org\r\n\r\nGrüße\r\n"))
        }
    }

    @Test(
        "S-B8.1 an attached message does not tell about its hidden recipients, from memory or from anywhere",
        arguments: [false, true]
    )
    func hiddenFields(isStreamed: Bool) async throws {
        let written =
            "From: a@example.org\r\nBCC : v@x,\r\n w@x\r\nResent-Bcc: u@x\r\nSubject: s\r\n\r\nBcc: in the body\r\n"
        let octets = Array(written.utf8)
        let content: MessageContent =
            isStreamed
            ? .stream {
                AsyncStream { continuation in
                    for octet in octets { continuation.yield([octet]) }
                    continuation.finish()
                }
            } : .bytes(octets)
        for part in [BodyPart.message(content), .attachment(content, named: "sent.eml")] {
            let text = try await MessageReading(try MessageFixture.plain().attaching(part)).text
            #expect(text.contains("\r\n\r\nFrom: a@example.org\r\nSubject: s\r\n\r\nBcc: in the body\r\n"))
            #expect(!text.contains("@x"))
        }
    }

    @Test(
        "R2046-4 a message is never called something else, and is encoded under no name",
        arguments: [MediaType.mixed, .plainText, .octetStream]
    )
    func otherType(type: MediaType) async throws {
        let parts: [BodyPart] = [.message(.text(Self.inASCII)), .message(try MessageFixture.plain())]
        for var part in parts {
            part.mediaType = type
            let message = try MessageFixture.plain().attaching(part)
            #expect(await MessageFixture.refusal(of: message)?.reason == .invalidMediaType)
        }
        let text = BodyPart.text(.text(Self.inASCII), type: .messageRFC822)
        let reading = try await MessageReading(try MessageFixture.plain().attaching(text))
        #expect(!reading.text.contains("quoted-printable"))
    }

    @Test("R2046-4 fragments and references are ASCII", arguments: ["partial", "external-body"])
    func fragments(subtype: String) async throws {
        let type = try MediaType("message", subtype)
        for capability in TransferCapability.allCases {
            let part = BodyPart.octets(.text(Self.inASCII), type: type)
            let message = try MessageFixture.plain().attaching(part)
            #expect(
                await MessageFixture.refusal(of: message, for: capability)?.reason == .invalidFieldValue
            )
        }
    }

    @Test("R2046-2 text above 0x7F has a charset")
    func charset() async throws {
        let type = try MediaType("text", "markdown")
        var message = try MessageFixture.plain()
        message.text = .text(.text("ü"), type: type)
        #expect(await MessageFixture.refusal(of: message)?.reason == .invalidMediaType)
        message.text = .text(.text("u"), type: type)
        #expect(await MessageFixture.refusal(of: message) == nil)
    }

    @Test(
        "S-B5.2 any number of lines that begin like boundaries can be sent, in text and in an attached message"
    )
    func manyBoundaryLines() async throws {
        let lines = (0..<5000).map { "--=_\($0).abcdefghijklmnopqrstuvwxyz\r\n" }.joined()
        for capability in TransferCapability.allCases {
            let message = try MessageFixture.plain(lines)
                .attaching(.message(.text("A: b\r\n\r\n" + lines)))
                .attaching(.attachment(.text(lines), named: "x.bin"))
            let reading = try await MessageReading(message, for: capability)
            #expect(reading.text.contains("--=_4999.abc"))
        }
    }

    @Test("S-B5.2 a message that holds itself many times over is refused, not ambiguous")
    func itself() async throws {
        let message = try MessageFixture.plain().attaching(.attachment(.bytes([1]), named: "x.bin"))
        let octets = try await MessageReading(message).octets
        let boundary = try #require(try await MessageReading(message).boundaries.first)
        let once = message.attaching(.message(.bytes(octets)))
        let reading = try await MessageReading(once)
        #expect(reading.boundaries.first != boundary)
        let lines = (0..<70).map { "--\(boundary)\($0)\r\n" }.joined()
        let often = message.attaching(.message(.text("A: b\r\n\r\n" + lines)))
        #expect(await MessageFixture.refusal(of: often)?.reason == .invalidBoundary)
    }
}
