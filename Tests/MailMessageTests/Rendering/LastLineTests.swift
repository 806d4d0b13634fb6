import MailMessage
import Testing

/// How a message ends.
@Suite struct LastLineTests {
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
