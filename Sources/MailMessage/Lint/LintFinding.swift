internal import MailAddress

/// Something that is wrong with a message, or may be.
public struct LintFinding: Sendable, Hashable {
    /// How bad it is.
    public enum Severity: Sendable, Hashable, CaseIterable {
        /// It is allowed, but not wise.
        case warning
        /// An RFC forbids it, or the server will refuse it.
        case error
    }

    /// The rule that was broken.
    public let rule: LintRule
    /// How bad it is.
    public let severity: Severity
    /// Name of the header field concerned, escaped; nil when there is none.
    public let field: String?
    /// Line where it begins, 1 for the first; nil when there is none.
    public let line: Int?
    /// What was found: escaped, up to 200 characters, safe to print; may be empty.
    public let detail: String

    /// Makes a finding; `field` and `detail` are escaped.
    init(_ rule: LintRule, _ severity: Severity, field: String? = nil, line: Int? = nil, detail: String = "")
    {
        self.rule = rule
        self.severity = severity
        self.field = field.map { EscapedText($0, limit: 80).description }
        self.line = line
        self.detail = EscapedText(detail, limit: 200).description
    }

    /// Makes a finding of an error of rendering, whose texts are escaped already.
    init(_ error: MessageError) {
        self.rule = .notRenderable
        self.severity = .error
        self.field = error.field
        self.line = nil
        let detail = error.detail.isEmpty ? error.reason.description : "\(error.reason): \(error.detail)"
        self.detail = String(detail.prefix(200))
    }
}

extension LintFinding: CustomStringConvertible {
    /// One printable line: severity, line, rule, field and detail.
    public var description: String {
        var text = self.severity == .error ? "error" : "warning"
        if let line { text += " in line \(line)" }
        text += ": \(self.rule)"
        if let field { text += " (\(field))" }
        return self.detail.isEmpty ? text : "\(text): \(self.detail)"
    }
}
