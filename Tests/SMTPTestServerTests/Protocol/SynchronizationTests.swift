import Testing

@testable import SMTPTestServer

@Suite("Pipelining discipline (RFC 2920 section 3.1)")
struct SynchronizationTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let input: String
        let errors: [String]
        var extensions = ["PIPELINING", "CHUNKING"]
        var testDescription: String { self.input.debugDescription }
    }

    private static let rows: [Row] = [
        Row(input: "EHLO c\r\n", errors: []),
        Row(input: "EHLO c\r\nNOOP\r\n", errors: ["EHLO"]),
        Row(
            input: "EHLO c\r\n|MAIL FROM:<>\r\nRCPT TO:<b@y>\r\nDATA\r\n|x\r\n.\r\nMAIL FROM:<>\r\n",
            errors: []
        ),
        Row(input: "EHLO c\r\n|MAIL FROM:<>\r\nRCPT TO:<b@y>\r\nDATA\r\nx\r\n.\r\n", errors: ["DATA"]),
        Row(input: "EHLO c\r\n|MAIL FROM:<>\r\nRCPT TO:<b@y>\r\nBDAT 1\r\nxBDAT 1 LAST\r\ny", errors: []),
        Row(input: "EHLO c\r\n|MAIL FROM:<>\r\nRSET\r\n", errors: ["MAIL"], extensions: []),
        Row(input: "HELO c\r\n|MAIL FROM:<>\r\nRSET\r\n", errors: ["MAIL"]),
        Row(input: "EHLO c\r\n|NOOP\r\nQUIT\r\nX", errors: ["NOOP", "QUIT"]),
    ]

    @Test("what comes too early is noted", arguments: rows)
    func errors(_ row: Row) {
        let dialogue = Dialogue(.init(extensions: row.extensions))
        for piece in row.input.split(separator: "|") {
            dialogue.send(String(piece))
        }
        #expect(dialogue.synchronizationErrors == row.errors)
    }

    @Test func aClientThatTalksBeforeTheGreeting() {
        let gate = SMTPTestServer.Gate()
        let dialogue = Dialogue(script: [.on(.connect, .hold(gate), .default)])
        #expect(dialogue.send("EHLO c\r\n").isEmpty)
        #expect(dialogue.open() == [220, 250])
        #expect(dialogue.synchronizationErrors == ["CONNECT"])
    }
}
