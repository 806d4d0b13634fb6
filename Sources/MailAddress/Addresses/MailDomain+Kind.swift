extension MailDomain {
    /// What stands after the `@`.
    public enum Kind: Sendable, Hashable {
        /// A domain name, such as `example.org`.
        case name
        /// An address literal in brackets, such as `[192.0.2.1]` (RFC 5321 §4.1.3).
        case addressLiteral
    }
}
