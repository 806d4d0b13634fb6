/// Reply that breaks the grammar or the limits; the connection it came over cannot be used any more.
public struct ReplyError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public enum Reason: Sendable, Hashable {
        /// The first three octets are not a code from 200 to 599.
        case malformedCode
        /// The octet behind the code is not a space, a hyphen or the end of the line.
        case malformedSeparator
        /// An empty line inside a reply of several lines.
        case emptyLine
        /// A line is longer than ``ReplyLimits/maximumTextLength`` allows.
        case lineTooLong
        /// A reply has more lines than ``ReplyLimits/maximumLines`` allows.
        case tooManyLines
        /// A reply is longer than ``ReplyLimits/maximumReplyLength`` allows.
        case replyTooLong
        /// The lines of one reply carry different codes (RFC 5321 section 4.2.1); the first one is given, the
        /// last one is in ``ReplyError/reply``.
        case codesDisagree(first: ReplyCode)
        /// The connection ended inside a reply of several lines.
        case truncated
    }

    /// What is wrong.
    public let reason: Reason
    /// The offending line, at most 200 octets of it.
    public let excerpt: [UInt8]
    /// The reply as far as it can be told; its code is the one of the last line.
    public let reply: Reply?

    package init(_ reason: Reason, line: some Collection<UInt8>, reply: Reply? = nil) {
        self.reason = reason
        self.excerpt = Array(line.prefix(200))
        self.reply = reply
    }

    /// The reason and the line, control characters escaped.
    public var description: String {
        let what =
            switch self.reason {
            case .malformedCode: "reply does not begin with a code from 200 to 599"
            case .malformedSeparator: "reply code is not followed by a space, a hyphen or the end of the line"
            case .emptyLine: "empty line inside a reply"
            case .lineTooLong: "reply line is too long"
            case .tooManyLines: "reply has too many lines"
            case .replyTooLong: "reply is too long"
            case .codesDisagree(let first): "lines of one reply carry different codes, the first \(first)"
            case .truncated: "connection ended inside a reply"
            }
        return "\(what): \"\(PrintableText.escape(self.excerpt))\""
    }
}
