/// What a client asks of TLS.
///
/// The defaults verify everything.
public struct TLSConfiguration: Sendable, Hashable {
    /// The certificates the server's chain must lead to.
    public var trustRoots: TrustRoots = .system
    /// The client's own certificate, shown to servers that ask for one.
    public var identity: TLSIdentity?
    /// The public keys the server's certificate may have; empty is any.
    ///
    /// Checked whatever `verification` says.
    public var pinnedKeys: Set<PublicKeyPin> = []
    /// The oldest version accepted.
    ///
    /// A value below TLS 1.2 gives up what RFC 8996 and RFC 8997 require, and needs a `cipherList` with `@SECLEVEL=0`.
    public var minimumVersion: TLSVersion = .tls12
    /// The newest version offered; nil is the newest OpenSSL knows.
    public var maximumVersion: TLSVersion?
    /// The ciphers of TLS 1.2 and before, in OpenSSL's syntax.
    ///
    /// `DEFAULT@SECLEVEL=1` also admits old servers with 1024-bit Diffie-Hellman groups or keys. Ciphers
    /// without authentication or encryption are left out whatever is written here.
    public var cipherList: String?
    /// The cipher suites of TLS 1.3, in OpenSSL's syntax.
    public var cipherSuites: String?
    /// TLSA records of the server, secure by DNSSEC (RFC 7672).
    ///
    /// One usable record (DANE-TA or DANE-EE) makes them decide about the certificate, whatever `verification`
    /// says. When none is usable, `verification` stands.
    public var daneRecords: [TLSARecord] = []
    /// Certificate revocation lists, each one PEM text or one DER list.
    ///
    /// When there are any, the issuer of the server's certificate must have one.
    public var revocationLists: [[UInt8]] = []
    /// How much of the server's certificate is verified.
    public var verification: CertificateVerification = .full
    /// Whether to talk to servers without secure renegotiation (RFC 5746).
    public var allowsLegacyServers = false
    /// Whether sessions are resumed with the same server.
    ///
    /// Early data (0-RTT) is never sent.
    public var resumesSessions = false

    /// The default: full verification against the system's roots, TLS 1.2 at least.
    public init() {}
}
