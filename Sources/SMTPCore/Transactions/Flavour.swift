/// Protocol spoken on a connection.
public enum Flavour: String, Sendable, Hashable {
    /// SMTP with its extensions (RFC 5321).
    case smtp
    /// LMTP: LHLO, and a final reply for each recipient (RFC 2033).
    case lmtp
}
