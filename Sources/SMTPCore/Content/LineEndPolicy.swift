/// What happens to a CR or LF that is not part of a CRLF, before content goes out (RFC 5321 section 2.3.8).
public enum LineEndPolicy: Sendable, Hashable {
    /// Each becomes CRLF.
    ///
    /// The receiver sees the lines the writer saw.
    case normalize
    /// The content is refused with an error that gives the position.
    case reject
}
