import Foundation
import MailMessage
import Testing

/// How a message ends.
@Suite struct LastLineTests {
    @Test(
        "R2045-3 octets that are all of a message arrive as they are, whichever encoding is asked for",
        arguments: [ContentTransferEncoding.quotedPrintable, .base64],
        [[UInt8](repeating: 0x78, count: 76), Array("x\r\n".utf8), [], [0, 0xFF]]
    )
    func octetsAlone(encoding: ContentTransferEncoding, octets: [UInt8]) async throws {
        var message = try MessageFixture.plain(nil)
        var part = BodyPart.octets(.bytes(octets), type: .octetStream)
        part.transferEncoding = encoding
        message.body = part
        let text = try await MessageReading(message, for: .sevenBit).text
        #expect(text.contains("Content-Transfer-Encoding: base64\r\n"))
        #expect(text.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 76 })
        let body = text.split(separator: "\r\n\r\n", maxSplits: 1).dropFirst().joined()
        #expect(Data(base64Encoded: body, options: .ignoreUnknownCharacters).map(Array.init) == octets)
    }

    @Test(
        "R5322-2.3-1 the last line of a message is ended, whatever it is",
        arguments: ["x", "ü", "x\r\n", "\r", "你好"]
    )
    func lastLine(text: String) async throws {
        let inner = try MessageFixture.plain(text)
        var outer = try MessageFixture.plain(nil)
        outer.body = .message(inner)
        for capability in [TransferCapability.sevenBit, .eightBit] {
            #expect(try await MessageReading(inner, for: capability).text.hasSuffix("\r\n"))
            #expect(try await MessageReading(outer, for: capability).text.hasSuffix("\r\n"))
        }
    }
}
