internal import OpenSSLCrypto

/// An X.509 certificate, read.
///
/// The texts come from the certificate: control characters in them are escaped and long ones cut.
public struct TLSCertificate: Sendable, Hashable, CustomStringConvertible {
    /// The certificate itself.
    public let der: [UInt8]
    /// Whom it is for, as `CN=mail.example,O=Example`.
    public let subject: String
    /// Who signed it.
    public let issuer: String
    /// The DNS names and IP addresses of the subject alternative name.
    public let names: [String]
    /// The beginning of its validity.
    public let notBefore: CertificateTime
    /// The end of its validity.
    public let notAfter: CertificateTime
    /// The SHA-256 of the certificate, in hexadecimal digits.
    public let fingerprint: String
    /// The SHA-256 of its public key: what ``TLSConfiguration/pinnedKeys`` is compared with.
    public let publicKeyPin: PublicKeyPin

    /// Reads a certificate.
    ///
    /// - Throws: ``TLSError`` with code `invalidConfiguration` when the octets are no certificate.
    public init(der: [UInt8]) throws(TLSError) {
        try self.init(CertificateHandle(der: der))
    }

    init(_ handle: CertificateHandle) throws(TLSError) {
        let der = try handle.der()
        self.der = der
        self.subject = handle.subject
        self.issuer = handle.issuer
        self.names = handle.names
        self.notBefore = handle.notBefore
        self.notAfter = handle.notAfter
        let publicKeyInfo = try handle.publicKeyInfo()
        do {
            self.fingerprint = Hexadecimal.encode(try Digest.sha256.hash(der))
            self.publicKeyPin = PublicKeyPin(digest: try Digest.sha256.hash(publicKeyInfo))
        } catch {
            throw .invalidConfiguration("a certificate cannot be hashed: \(error)")
        }
    }

    /// Subject, issuer and end.
    public var description: String {
        "certificate of \(self.subject), issued by \(self.issuer), valid until \(self.notAfter)"
    }
}
