public import OpenSSLCrypto

/// A certificate chain with its private key: what one side shows the other to prove who it is.
///
/// Its description tells nothing of the key.
public struct TLSIdentity: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    enum Source: Sendable, Hashable {
        case file(String)
        case octets([UInt8])
    }

    enum KeySource: Sendable, Hashable {
        case file(String)
        case octets(Secret)
    }

    let certificates: Source
    let key: KeySource
    let passphrase: Secret?

    /// An identity kept in files, read when the context is made.
    ///
    /// - Parameters:
    ///   - certificateChainFile: PEM, the leaf first; or one certificate in DER.
    ///   - privateKeyFile: PEM or DER; may be the same file.
    ///   - passphrase: What opens the key when it is encrypted.
    public init(certificateChainFile: String, privateKeyFile: String, passphrase: Secret? = nil) {
        self.certificates = .file(certificateChainFile)
        self.key = .file(privateKeyFile)
        self.passphrase = passphrase
    }

    /// An identity in memory.
    ///
    /// - Parameters:
    ///   - certificateChain: PEM, the leaf first; or one certificate in DER.
    ///   - privateKey: PEM or DER.
    ///   - passphrase: What opens the key when it is encrypted.
    public init(certificateChain: [UInt8], privateKey: Secret, passphrase: Secret? = nil) {
        self.certificates = .octets(certificateChain)
        self.key = .octets(privateKey)
        self.passphrase = passphrase
    }

    /// The certificate that the other side is shown, read now: its names, validity and pin.
    ///
    /// - Throws: ``TLSError`` with code `invalidConfiguration` when the file cannot be read or holds none.
    public func certificate() throws(TLSError) -> TLSCertificate {
        let octets = try ContextHandle.octets(of: self.certificates)
        guard let leaf = try CertificateHandle.read(octets, what: "the \(self)").first else {
            throw .invalidConfiguration("the \(self) has no certificate")
        }
        return try TLSCertificate(leaf)
    }

    /// Where the parts come from; no part of the key.
    public var description: String {
        switch (self.certificates, self.key) {
        case (.file(let certificates), .file(let key)): "identity in files \(certificates) and \(key)"
        default: "identity in memory"
        }
    }

    /// Shows the description only.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
