import MailMessage

extension LintCase {
    private static let https = "List-Unsubscribe: <mailto:u@example.org>, <https://example.org/u>"
    private static let post = "List-Unsubscribe-Post: List-Unsubscribe=One-Click"
    private static let mime = "MIME-Version: 1.0"
    private static let sender = "Sender: ann@example.org"
    private static let signed = LintContext(dkimDomains: ["Example.org"])

    private static func missing(_ name: String, _ rule: LintRule, _ severity: LintFinding.Severity)
        -> LintCase
    {
        LintCase(rule, severity, octets: message(with: [], without: [name]))
    }

    /// Rules about which fields there are.
    static let fieldRules = [
        LintCase(.notAField, .error, line: 6, fields: ["no field here"], clean: ["X-A: field"]),
        LintCase(.notAField, .error, line: 6, fields: ["X-A : b"], clean: ["X-A: b"]),
        LintCase(.notAField, .error, line: 6, fields: [": b"], clean: ["b: b"]),
        LintCase(.notAField, .error, line: 1, octets: Array(" x\r\n".utf8) + message(fields)),
        LintCase(
            .notAField,
            .error,
            line: 1,
            octets: Array("From ann Thu Nov 26\r\n".utf8) + message(fields)
        ),
        LintCase(.blankFoldedLine, .error, line: 7, fields: ["X-A: b\r\n \r\n c"], clean: ["X-A: b\r\n c"]),
        missing("Date", .missingField, .error),
        missing("From", .missingField, .error),
        missing("Message-ID", .recommendedField, .warning),
        missing("Subject", .recommendedField, .warning),
        missing("To", .recommendedField, .warning),
        LintCase(
            .missingMIMEVersion,
            .warning,
            fields: ["Content-Type: text/plain"],
            clean: ["Content-Type: text/plain", mime]
        ),
        LintCase(.blindCopyField, .warning, fields: ["Bcc: a@b.example"], clean: ["Cc: a@b.example"]),
        LintCase(.returnPathField, .warning, fields: ["Return-Path: <a@b.example>"], clean: []),
        LintCase(.oneClickWithoutHTTPS, .error, fields: [post], clean: [post, https]),
        LintCase(
            .oneClickWithoutHTTPS,
            .error,
            fields: [post, "List-Unsubscribe: <mailto:u@example.org>"],
            clean: [https, post]
        ),
        LintCase(
            .oneClickWithoutHTTPS,
            .error,
            fields: [post, "List-Unsubscribe: https://example.org/u"],
            clean: [https, post]
        ),
        LintCase(.noOneClick, .warning, fields: [https], clean: ["List-Unsubscribe: <mailto:u@example.org>"]),
    ]

    /// A field that stands twice.
    static let duplicates =
        [
            "Date: Thu, 26 Nov 2026 17:05:00 +0000", "From: a@b.example", "Sender: a@b.example",
            "Reply-To: a@b.example",
            "To: a@b.example", "Cc: a@b.example", "Message-ID: <a@b>", "In-Reply-To: <a@b>",
            "References: <a@b>",
            "Subject: a",
            "List-Unsubscribe: <mailto:u@example.org>", "List-Id: <l.example.org>", "TLS-Required: No", mime,
            "Content-Transfer-Encoding: 7bit", "Content-Disposition: inline",
        ].map { LintCase(.duplicateField, .error, fields: [$0, $0], clean: [$0]) } + [
            LintCase(
                .duplicateField,
                .error,
                line: 8,
                fields: [mime, "Content-Type: text/plain", "content-type: text/html"],
                clean: [mime, "Content-Type: text/plain"]
            ),
            LintCase(.duplicateField, .error, line: 8, fields: [https, post, post], clean: [https, post]),
        ]

    /// Addresses of a message that was sent again.
    static let resent = [
        LintCase(
            .invalidAddress,
            .error,
            fields: ["Resent-From: ann@"],
            clean: ["Resent-From: Ann <ann@example.org>", "Resent-From: bob@example.net"]
        ),
        LintCase(
            .invalidAddress,
            .error,
            fields: ["Resent-Sender: a@b.example, c@d.example"],
            clean: ["Resent-Sender: a@b.example"]
        ),
        LintCase(
            .invalidAddress,
            .error,
            fields: ["Resent-To: bob"],
            clean: ["Resent-To: Bob <b@c.example>, g: d@e.example;"]
        ),
        LintCase(.invalidAddress, .error, fields: ["Resent-Cc:"], clean: ["Resent-Cc: a@b.example"]),
        LintCase(.invalidAddress, .error, fields: ["Resent-Bcc: <a b>"], clean: ["Resent-Bcc: "]),
        LintCase(
            .invalidAddress,
            .error,
            fields: ["Resent-Reply-To: a@"],
            clean: ["Resent-Reply-To: a@b.example"]
        ),
        LintCase(
            .misplacedEncodedWord,
            .warning,
            fields: ["Resent-To: \"=?utf-8?Q?a?=\" <a@b.example>"],
            clean: ["Resent-To: =?utf-8?Q?a?= <a@b.example>"]
        ),
    ]

    /// Rules about values.
    static let values = [
        LintCase(
            .invalidAddress,
            .error,
            fields: ["To: bob"],
            clean: ["To: Bob <bob@example.net>, g: a@b.example;"]
        ),
        LintCase(
            .invalidAddress,
            .error,
            fields: ["To: a@b.example,, c@d.example"],
            clean: ["To: a@b.example, c@d.example"]
        ),
        LintCase(
            .invalidAddress,
            .error,
            fields: ["From: ann@"],
            clean: ["From: \"A, B\" <ann@example.org>"]
        ),
        LintCase(.invalidAddress, .error, fields: ["Cc:"], clean: ["Cc: a@b.example"]),
        LintCase(.invalidAddress, .error, fields: ["Reply-To: <a b>"], clean: ["Reply-To: a@b.example"]),
        LintCase(.invalidAddress, .error, fields: ["Sender: a@b.example, c@d.example"], clean: [sender]),
        LintCase(
            .missingSender,
            .error,
            fields: ["From: ann@example.org, bob@example.org"],
            clean: ["From: ann@example.org, bob@example.org", sender]
        ),
        LintCase(.invalidDate, .error, fields: ["Date: yesterday"], clean: ["Date: 26 Nov 2026 17:05 +0000"]),
        LintCase(.invalidDate, .error, fields: ["Date: Fri, 26 Nov 2026 17:05:00 +0000"], clean: []),
        LintCase(
            .misplacedEncodedWord,
            .warning,
            fields: ["To: \"=?utf-8?Q?a?=\" <a@b.example>"],
            clean: ["To: (\"=?utf-8?Q?a?=\") =?utf-8?Q?a?= <a@b.example>"]
        ),
        LintCase(
            .misplacedEncodedWord,
            .warning,
            fields: ["To: =?utf-8?Q?a?=@b.example"],
            clean: ["To: =?utf-8@b.example"]
        ),
        LintCase(
            .misplacedEncodedWord,
            .warning,
            fields: [mime, "Content-Type: text/plain; name=\"=?utf-8?Q?a?=\""],
            clean: [mime, "Content-Type: text/plain; name=\"a?=\""]
        ),
        LintCase(
            .notAligned,
            .warning,
            fields: ["From: a@example.com"],
            clean: ["From: a@mail.example.org"],
            signed
        ),
        LintCase(
            .notAligned,
            .warning,
            fields: ["From: a@badexample.org"],
            clean: ["From: a@example.org"],
            signed
        ),
        LintCase(
            .notAligned,
            .warning,
            fields: ["From: a@other.example.org"],
            clean: ["From: a@example.org"],
            LintContext(dkimDomains: ["mail.example.org"])
        ),
        LintCase(
            .notAligned,
            .warning,
            fields: ["From: a@example.org"],
            clean: ["From: a@badexample.org"],
            LintContext(dkimDomains: ["badexample.org"])
        ),
        LintCase(
            .missingBoundary,
            .error,
            fields: [mime, "Content-Type: multipart/mixed"],
            clean: [mime, "Content-Type: multipart/mixed; boundary=b"],
            body: "--b\r\n\r\na\r\n--b--\r\n"
        ),
        LintCase(
            .missingBoundary,
            .error,
            fields: [mime, "Content-Type: multipart/mixed; boundary=\"\""],
            clean: [mime, "Content-Type: text/plain"]
        ),
        LintCase(
            .unusedBoundary,
            .error,
            fields: [mime, "Content-Type: multipart/mixed; boundary=\"c\""],
            clean: [mime, "Content-Type: multipart/mixed; boundary=\"b\""],
            body: "preamble --c\r\n-c\r\n --c\r\n--b\r\n\r\na\r\n--b--"
        ),
    ]

    /// Every case.
    static let all = lines + fieldRules + duplicates + resent + values
}
