/// Where in a session or a transaction something happened.
public enum Stage: String, Sendable, Hashable, CustomStringConvertible {
    /// Before anything was sent: reading the message, choosing parameters.
    case preparation
    /// Name lookup and connecting.
    case connect
    /// The server's greeting.
    case greeting
    /// EHLO, HELO or LHLO.
    case hello
    /// STARTTLS and the TLS handshake.
    case tls
    /// AUTH.
    case authentication
    /// RSET.
    case reset
    /// MAIL.
    case mail
    /// RCPT.
    case rcpt
    /// The DATA command, up to its 354.
    case data
    /// The octets of the message, up to the last one.
    case content
    /// The reply behind the last octet.
    case finalReply
    /// QUIT.
    case quit
    /// Any other command.
    case command

    /// The name of the case.
    public var description: String { self.rawValue }
}
