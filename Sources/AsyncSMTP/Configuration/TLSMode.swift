/// When a connection becomes encrypted, and what happens where it cannot.
///
/// The certificate of the server is verified in every mode that uses TLS; ``SMTPConfiguration/tls`` says how.
public struct TLSMode: Sendable, Hashable, CustomStringConvertible {
    /// Name of the mode, as a URL has it behind `tls=`.
    public let description: String

    /// TLS from the first octet (RFC 8314), the default of SMTP; port 465.
    public static let implicit = TLSMode(description: "implicit")
    /// STARTTLS is required (RFC 3207); port 587.
    ///
    /// Neither credentials nor MAIL ever go out in clear: a server that does not offer STARTTLS, refuses it,
    /// or cannot be verified gets nothing else, on this connection or another.
    public static let startTLS = TLSMode(description: "starttls")
    /// Insecure: STARTTLS where the server offers it and takes it, otherwise in clear; port 25.
    ///
    /// Anybody on the way can take the offer away. A handshake that was begun and fails is an error, because
    /// the connection is lost. Mechanisms that reveal the password are refused in clear as ever.
    public static let opportunistic = TLSMode(description: "opportunistic")
    /// Insecure: never TLS, unless the caller calls ``SMTPSession/startTLS()``; port 25, in LMTP 24.
    ///
    /// For servers on the same host, Unix sockets and networks that are trusted.
    public static let plaintext = TLSMode(description: "none")

    /// Every mode there is.
    static let all: [TLSMode] = [.implicit, .startTLS, .opportunistic, .plaintext]
}
