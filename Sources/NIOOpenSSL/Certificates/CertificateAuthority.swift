/// An authority that issues certificates at run time, so that tests need no stored keys.
package struct CertificateAuthority: Sendable {
    /// Its own certificate and key.
    package let own: IssuedCertificate

    /// A new root.
    ///
    /// - Throws: ``TLSError`` with code `invalidConfiguration` when OpenSSL refuses.
    package init(
        commonName: String = "Test Root",
        key: CertificateRequest.KeyKind = .ecP256,
        digest: CertificateRequest.SignatureDigest = .sha256
    ) throws(TLSError) {
        var request = CertificateRequest(commonName: commonName)
        request.key = key
        request.digest = digest
        request.isAuthority = true
        let builder = try CertificateBuilder(request, signedBy: nil)
        self.own = try builder.issued(chain: [])
    }

    /// One that signs with a certificate, whether it may or not.
    package init(signingWith own: IssuedCertificate) {
        self.own = own
    }

    /// The roots a client trusts to accept what is issued here.
    package var trustRoots: TrustRoots { self.own.trustRoots }

    /// Issues a certificate.
    package func issue(_ request: CertificateRequest) throws(TLSError) -> IssuedCertificate {
        let builder = try CertificateBuilder(request, signedBy: self.own.builder)
        return try builder.issued(chain: self.own.builder.isSelfSigned ? [] : self.own.chainPEM)
    }

    /// Issues a certificate for DNS names, addresses, or both.
    package func issue(dnsNames: [String] = [], addresses: [String] = []) throws(TLSError)
        -> IssuedCertificate
    {
        try self.issue(CertificateRequest(dnsNames: dnsNames, addresses: addresses))
    }

    /// An authority below this one.
    package func intermediate(commonName: String = "Test Intermediate") throws(TLSError)
        -> CertificateAuthority
    {
        var request = CertificateRequest(commonName: commonName)
        request.isAuthority = true
        let builder = try CertificateBuilder(request, signedBy: self.own.builder)
        let chain = self.own.builder.isSelfSigned ? [] : self.own.chainPEM
        return CertificateAuthority(signingWith: try builder.issued(chain: chain))
    }

    /// A revocation list in PEM with these serial numbers, valid for a day.
    package func revocationList(_ serials: [UInt64] = []) throws(TLSError) -> [UInt8] {
        try self.own.builder.revocationList(serials)
    }

    /// A certificate signed by its own key.
    package static func selfSigned(_ request: CertificateRequest) throws(TLSError) -> IssuedCertificate {
        try CertificateBuilder(request, signedBy: nil).issued(chain: [])
    }
}
