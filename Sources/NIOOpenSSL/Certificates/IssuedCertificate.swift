package import OpenSSLCrypto

/// A certificate made at run time, with its key.
package struct IssuedCertificate: Sendable {
    /// The certificate.
    package let certificate: TLSCertificate
    /// The chain in PEM: the certificate, then intermediate authorities, without root.
    package let chainPEM: [UInt8]
    /// The key in PEM (PKCS #8).
    package let keyPEM: Secret
    /// The serial number, for revocation.
    package let serial: UInt64
    let builder: CertificateBuilder

    /// The key in PEM (PKCS #8), encrypted.
    package func encryptedKeyPEM(passphrase: Secret) throws(TLSError) -> Secret {
        try self.builder.encryptedKey(passphrase: passphrase)
    }

    /// Chain and key together.
    package var identity: TLSIdentity {
        TLSIdentity(certificateChain: self.chainPEM, privateKey: self.keyPEM)
    }

    /// The certificate alone in PEM, to be trusted.
    package var trustRoots: TrustRoots { .certificates([self.certificate]) }

    /// The certificate alone with its key, without the chain to its root.
    package var identityWithoutChain: TLSIdentity {
        TLSIdentity(certificateChain: self.certificate.der, privateKey: self.keyPEM)
    }
}
