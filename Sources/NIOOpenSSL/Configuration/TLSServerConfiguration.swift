/// What a server asks of TLS.
public struct TLSServerConfiguration: Sendable, Hashable {
    /// The server's certificate chain and key.
    public var identity: TLSIdentity
    /// The certificates a client's chain must lead to; nil asks for no client certificate.
    public var clientTrustRoots: TrustRoots?
    /// Whether a client without certificate is refused; only with `clientTrustRoots`.
    public var requiresClientCertificate = false
    /// The oldest version accepted; below TLS 1.2 only with a `cipherList` with `@SECLEVEL=0`.
    public var minimumVersion: TLSVersion = .tls12
    /// The newest version accepted; nil is the newest OpenSSL knows.
    public var maximumVersion: TLSVersion?
    /// The ciphers of TLS 1.2 and before, in OpenSSL's syntax.
    public var cipherList: String?
    /// The cipher suites of TLS 1.3, in OpenSSL's syntax.
    public var cipherSuites: String?
    /// Whether clients may resume sessions by ticket.
    public var resumesSessions = true
    /// Whether the server may ask for renegotiation (TLS 1.2).
    public var allowsRenegotiation = false

    /// A server with this identity.
    public init(identity: TLSIdentity) {
        self.identity = identity
    }
}
