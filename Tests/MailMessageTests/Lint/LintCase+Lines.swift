import MailMessage

extension LintCase {
    private static func message(body: String) -> [UInt8] { Self.message(Self.fields, body) }

    private static let long = String(repeating: "x", count: 998)
    private static let eightBit = [
        "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit",
    ]
    private static let sevenBit = [
        "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 7bit",
    ]

    /// Rules about lines and octets.
    static let lines = [
        LintCase(
            .lineTooLong,
            .error,
            line: 7,
            octets: message(body: "\(long)x\r\n"),
            clean: message(body: "\(long)\r\n")
        ),
        LintCase(
            .lineTooLong,
            .error,
            line: 8,
            octets: message(body: "\r\n\(long)x"),
            clean: message(body: "\r\n\(long)")
        ),
        LintCase(
            .longHeaderLine,
            .warning,
            line: 6,
            fields: [
                "X-A: \(String(repeating: "x", count: 74))", "X-B: \(String(repeating: "x", count: 75))",
            ],
            clean: ["X-A: \(String(repeating: "x", count: 73))"]
        ),
        LintCase(
            .bareCR,
            .error,
            line: 7,
            octets: message(body: "a\rb\rc\r\n"),
            clean: message(body: "a\r\nb\r\n")
        ),
        LintCase(.bareCR, .error, line: 7, octets: message(body: "a\r"), clean: message(body: "a")),
        LintCase(.bareCR, .error, line: 7, octets: message(body: "a\r\r\n"), clean: message(body: "a\r\n")),
        LintCase(
            .bareLF,
            .error,
            line: 8,
            octets: message(body: "a\r\nb\n"),
            clean: message(body: "a\r\nb\r\n")
        ),
        LintCase(
            .bareLF,
            .error,
            line: 1,
            octets: Array("X: y\n".utf8) + message(body: ""),
            clean: message(body: "a\n\r\rb\0"),
            LintContext(capability: .binary)
        ),
        LintCase(.nulOctet, .error, line: 7, octets: message(body: "a\0b\0\r\n"), clean: message(body: "ab")),
        LintCase(
            .eightBitHeader,
            .error,
            line: 5,
            fields: ["Subject: Grüße"],
            clean: ["Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?="]
        ),
        LintCase(
            .eightBitBody,
            .error,
            line: 11,
            octets: message(with: eightBit, body: "a\r\nGrüße\r\n"),
            clean: message(with: eightBit, body: "a\r\n"),
            LintContext(capability: .sevenBit)
        ),
        LintCase(
            .falseTransferEncoding,
            .error,
            line: 10,
            fields: sevenBit,
            clean: eightBit,
            body: "Grüße\r\n"
        ),
        LintCase(
            .falseTransferEncoding,
            .error,
            line: 7,
            octets: message(body: "Grüße\r\n"),
            clean: message(body: "a\r\n")
        ),
        LintCase(
            .messageTooLarge,
            .error,
            octets: message(body: "ab"),
            clean: message(body: "a"),
            LintContext(maximumSize: UInt64(message(body: "a\r\n").count))
        ),
        LintCase(.headerTooLarge, .error, octets: Array(String(repeating: "a:\r\n", count: 10_001).utf8)),
        LintCase(
            .headerTooLarge,
            .error,
            octets: Array("a: ".utf8) + [UInt8](repeating: 0x61, count: 1 << 20)
        ),
    ]
}
