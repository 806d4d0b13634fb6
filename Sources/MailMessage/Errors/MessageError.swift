internal import MailAddress

/// The error of everything that composes a message: what was wrong, and in which header field.
///
/// Nothing is written from a value that was refused.
public struct MessageError: Error, Sendable, Hashable {
    /// The rule that was broken.
    public let reason: Reason

    /// The name of the header field or of the parameter concerned, or nil when there is none.
    public let field: String?

    /// The value that was refused, or what was wrong with it: escaped, up to 200 characters, safe to print.
    public let detail: String

    /// Makes an error; `field` and `detail` are escaped.
    package init(_ reason: Reason, field: String? = nil, detail: String = "") {
        self.reason = reason
        self.field = field.map { EscapedText($0, limit: 80).description }
        self.detail = EscapedText(detail, limit: 200).description
    }
}

extension MessageError: CustomStringConvertible {
    /// One printable line: reason, field and detail.
    public var description: String {
        var text = reason.description
        if let field {
            text += " in \(field)"
        }
        return detail.isEmpty ? text : text + ": \"\(detail)\""
    }
}
