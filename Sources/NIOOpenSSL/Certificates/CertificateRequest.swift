/// What a certificate for a test shall be.
///
/// The defaults give one a strict client accepts for `dnsNames`.
package struct CertificateRequest: Sendable {
    /// The kind of a key.
    package enum KeyKind: Sendable, Hashable {
        /// ECDSA on P-256.
        case ecP256
        /// RSA with this many bits.
        case rsa(Int)
        /// Ed25519 (RFC 8410).
        case ed25519
    }

    /// The digest of a signature; Ed25519 has none whatever is asked for.
    package enum SignatureDigest: String, Sendable, Hashable {
        /// SHA-256.
        case sha256 = "SHA256"
        /// SHA-384.
        case sha384 = "SHA384"
        /// SHA-1, which is broken.
        case sha1 = "SHA1"
    }

    /// The common name of the subject.
    package var commonName: String
    /// The DNS names of the subject alternative name.
    package var dnsNames: [String] = []
    /// The IP addresses of the subject alternative name; what is none is left out.
    package var addresses: [String] = []
    /// Further dNSName entries, octet by octet as they shall stand there.
    package var rawDNSNames: [[UInt8]] = []
    /// The beginning of the validity, counted from now.
    package var notBefore: Duration = .seconds(-3_600)
    /// The end of the validity, counted from now.
    package var notAfter: Duration = .seconds(86_400)
    /// The kind of its key.
    package var key: KeyKind = .ecP256
    /// The digest its issuer signs with.
    package var digest: SignatureDigest = .sha256
    /// Whether it may sign others.
    package var isAuthority = false

    /// A request for DNS names and addresses, the first also the common name.
    package init(dnsNames: [String] = [], addresses: [String] = [], commonName: String? = nil) {
        self.dnsNames = dnsNames
        self.addresses = addresses
        self.commonName = commonName ?? dnsNames.first ?? addresses.first ?? "nobody"
    }
}
