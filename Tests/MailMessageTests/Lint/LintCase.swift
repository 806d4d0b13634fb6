import MailMessage
import Testing

/// A message that breaks one rule, and the same without the fault.
struct LintCase: Sendable, CustomTestStringConvertible {
    let rule: LintRule
    let severity: LintFinding.Severity
    let line: Int?
    let broken: [UInt8]
    let clean: [UInt8]
    let context: LintContext

    var testDescription: String {
        "\(self.rule) \(String(decoding: self.broken.prefix(120), as: UTF8.self).debugDescription)"
    }

    /// Fields that make a message without fault.
    static let fields = [
        "Date: Thu, 26 Nov 2026 17:05:00 +0000", "From: ann@example.org", "To: bob@example.net", "Subject: s",
        "Message-ID: <m@example.org>",
    ]

    /// A message of these lines.
    static func message(_ lines: [String], _ body: String = "text\r\n") -> [UInt8] {
        Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
    }

    /// A message of the usual fields and others, of which those that stand among the usual ones replace them.
    static func message(with others: [String], without omitted: [String] = [], body: String = "text\r\n")
        -> [UInt8]
    {
        let names = omitted + others.map { String($0.prefix { $0 != ":" }) }
        return Self.message(
            Self.fields.filter { !names.contains(String($0.prefix { $0 != ":" })) } + others,
            body
        )
    }

    /// A case whose messages differ in fields.
    init(
        _ rule: LintRule,
        _ severity: LintFinding.Severity,
        line: Int? = nil,
        fields broken: [String],
        clean: [String],
        body: String = "text\r\n",
        _ context: LintContext = LintContext()
    ) {
        self.init(
            rule,
            severity,
            line: line,
            octets: Self.message(with: broken, body: body),
            clean: Self.message(with: clean, body: body),
            context
        )
    }

    /// A case of two messages.
    init(
        _ rule: LintRule,
        _ severity: LintFinding.Severity,
        line: Int? = nil,
        octets broken: [UInt8],
        clean: [UInt8] = Self.message(Self.fields),
        _ context: LintContext = LintContext()
    ) {
        self.rule = rule
        self.severity = severity
        self.line = line
        self.broken = broken
        self.clean = clean
        self.context = context
    }
}
