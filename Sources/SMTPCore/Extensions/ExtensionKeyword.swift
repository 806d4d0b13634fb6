/// Name of an ESMTP extension as servers list it in the EHLO reply; compared without regard to case.
public struct ExtensionKeyword: Sendable, Hashable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// The keyword, upper case.
    public let description: String

    /// Makes a keyword from any spelling.
    public init(_ keyword: some StringProtocol) {
        self.description = keyword.uppercased()
    }

    /// Makes a keyword from a literal.
    public init(stringLiteral keyword: String) {
        self.init(keyword)
    }
}

extension ExtensionKeyword {
    /// 8BITMIME (RFC 6152).
    public static let eightBitMIME: Self = "8BITMIME"
    /// AUTH (RFC 4954).
    public static let auth: Self = "AUTH"
    /// BINARYMIME (RFC 3030).
    public static let binaryMIME: Self = "BINARYMIME"
    /// CHUNKING, the BDAT command (RFC 3030).
    public static let chunking: Self = "CHUNKING"
    /// DELIVERBY (RFC 2852).
    public static let deliverBy: Self = "DELIVERBY"
    /// DSN (RFC 3461).
    public static let dsn: Self = "DSN"
    /// ENHANCEDSTATUSCODES (RFC 2034).
    public static let enhancedStatusCodes: Self = "ENHANCEDSTATUSCODES"
    /// EXPN (RFC 5321 section 3.5).
    public static let expn: Self = "EXPN"
    /// FUTURERELEASE (RFC 4865).
    public static let futureRelease: Self = "FUTURERELEASE"
    /// HELP (RFC 5321 section 4.1.1.8).
    public static let help: Self = "HELP"
    /// LIMITS (RFC 9422).
    public static let limits: Self = "LIMITS"
    /// MT-PRIORITY (RFC 6710).
    public static let mtPriority: Self = "MT-PRIORITY"
    /// PIPELINING (RFC 2920).
    public static let pipelining: Self = "PIPELINING"
    /// REQUIRETLS (RFC 8689).
    public static let requireTLS: Self = "REQUIRETLS"
    /// SIZE (RFC 1870).
    public static let size: Self = "SIZE"
    /// SMTPUTF8 (RFC 6531).
    public static let smtpUTF8: Self = "SMTPUTF8"
    /// STARTTLS (RFC 3207).
    public static let startTLS: Self = "STARTTLS"
    /// VRFY (RFC 5321 section 3.5).
    public static let vrfy: Self = "VRFY"
}
