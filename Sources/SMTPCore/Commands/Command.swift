/// SMTP, LMTP or ESMTP command in parts; ``CommandEncoder`` turns it into octets.
public enum Command: Sendable, Hashable {
    /// EHLO (RFC 5321 section 4.1.1.1).
    case ehlo(HelloName)
    /// HELO (RFC 5321 section 4.1.1.1).
    case helo(HelloName)
    /// LHLO (RFC 2033 section 4.1).
    case lhlo(HelloName)
    /// MAIL (RFC 5321 section 4.1.1.2).
    case mail(ReversePath, [ESMTPParameter])
    /// RCPT (RFC 5321 section 4.1.1.3).
    case rcpt(ForwardPath, [ESMTPParameter])
    /// DATA (RFC 5321 section 4.1.1.4).
    case data
    /// BDAT with the count of octets that follow, and whether they are the last (RFC 3030 section 2).
    case bdat(length: Int, isLast: Bool)
    /// RSET (RFC 5321 section 4.1.1.5).
    case reset
    /// VRFY of a user name or mailbox (RFC 5321 section 4.1.1.6).
    case verify(String, smtpUTF8: Bool)
    /// EXPN of a mailing list (RFC 5321 section 4.1.1.7).
    case expand(String, smtpUTF8: Bool)
    /// HELP, with an optional topic (RFC 5321 section 4.1.1.8).
    case help(String?)
    /// NOOP, with an optional string the server ignores (RFC 5321 section 4.1.1.9).
    case noop(String?)
    /// QUIT (RFC 5321 section 4.1.1.10).
    case quit
    /// AUTH with a mechanism and, when not nil, an initial response in its raw form (RFC 4954 section 4).
    case auth(mechanism: String, initialResponse: [UInt8]?)
    /// Any other command: a verb of letters, digits and hyphens, and an optional argument.
    case other(verb: String, argument: String?)

    /// The verb, upper case.
    public var verb: String {
        switch self {
        case .ehlo: "EHLO"
        case .helo: "HELO"
        case .lhlo: "LHLO"
        case .mail: "MAIL"
        case .rcpt: "RCPT"
        case .data: "DATA"
        case .bdat: "BDAT"
        case .reset: "RSET"
        case .verify: "VRFY"
        case .expand: "EXPN"
        case .help: "HELP"
        case .noop: "NOOP"
        case .quit: "QUIT"
        case .auth: "AUTH"
        case .other(let verb, _): verb.uppercased()
        }
    }
}
