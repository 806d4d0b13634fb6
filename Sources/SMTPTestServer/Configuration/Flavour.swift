extension SMTPTestServer {
    /// The protocol that the server speaks.
    public enum Flavour: Sendable, Hashable {
        /// SMTP (RFC 5321): EHLO and HELO, one reply at the end of the content.
        case smtp
        /// LMTP (RFC 2033): LHLO, one reply for each accepted recipient at the end of the content.
        case lmtp
    }
}
