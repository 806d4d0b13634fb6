/// Value of RET: how much of the message a failure report brings back (RFC 3461 section 4.3).
public enum ReturnContent: String, Sendable, Hashable {
    /// The whole message.
    case full = "FULL"
    /// Only the headers.
    case headers = "HDRS"
}
