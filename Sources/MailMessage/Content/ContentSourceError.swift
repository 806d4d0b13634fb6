internal import MailAddress

/// Why the octets of a message could not be had; stands in ``SMTPError/underlying``.
public enum ContentSourceError: Error, Sendable, Hashable, CustomStringConvertible {
    /// There is no file of this path.
    case noSuchFile(String)
    /// Content that can only be read once was read before.
    case alreadyRead
    /// The source gave another count of octets than it was said to have.
    case lengthDiffers(expected: UInt64, found: UInt64)
    /// The header has more octets than `limit`; no sane message has that.
    case headerTooLong(limit: Int)

    /// What happened.
    public var description: String {
        switch self {
        case .noSuchFile(let path): "there is no file \"\(EscapedText(path, limit: 200))\""
        case .alreadyRead: "the content can only be read once, and was read before"
        case .lengthDiffers(let expected, let found): "the content has \(found) octets instead of \(expected)"
        case .headerTooLong(let limit): "the header has more than \(limit) octets"
        }
    }
}
