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
}
