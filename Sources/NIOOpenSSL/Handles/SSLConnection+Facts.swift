internal import COpenSSL
internal import COpenSSLShims

extension SSLConnection {
    /// The version agreed on.
    var version: TLSVersion {
        // The SSL lives as long as this object.
        TLSVersion(rawValue: UInt16(truncatingIfNeeded: unsafe SSL_version(self.pointer)))
    }

    /// The cipher agreed on, by OpenSSL's name.
    var cipher: String {
        // The name is a constant of the library.
        unsafe SSL_CIPHER_get_name(SSL_get_current_cipher(self.pointer)).map { unsafe String(cString: $0) }
            ?? ""
    }

    /// Whether an earlier session was resumed.
    var isResumed: Bool {
        // The SSL lives as long as this object.
        unsafe SSL_session_reused(self.pointer) == 1
    }

    /// The result of the verification, of the resumed session's where there is one (`X509_V_OK`, `X509_V_ERR_…`).
    var verificationResult: Int32 {
        // The SSL lives as long as this object.
        Int32(truncatingIfNeeded: unsafe SSL_get_verify_result(self.pointer))
    }

    /// Whether a TLSA record was what the verification rests on.
    var isVerifiedByDANE: Bool {
        // The SSL lives as long as this object.
        unsafe SSL_get0_dane_authority(self.pointer, nil, nil) >= 0
    }

    /// Whether the record that fits is DANE-EE, which says nothing about names.
    var isVerifiedByDANEWithoutName: Bool {
        var usage: UInt8 = 0
        // The SSL lives as long as this object.
        return unsafe SSL_get0_dane_tlsa(self.pointer, &usage, nil, nil, nil, nil) >= 0 && usage == 3
    }

    /// The current session, to be offered again.
    var session: SessionHandle? {
        // The call gives a reference.
        unsafe SSL_get1_session(self.pointer).map { unsafe SessionHandle(owning: $0) }
    }

    /// The peer's certificates, the leaf first.
    var peerCertificates: [CertificateHandle] {
        // The call gives a reference.
        guard let leaf = unsafe SSL_get1_peer_certificate(self.pointer) else { return [] }
        // As above.
        var certificates = [unsafe CertificateHandle(owning: leaf)]
        // The chain belongs to the session, which outlives this call; it begins with the leaf on a client only.
        guard let chain = unsafe SSL_get_peer_cert_chain(self.pointer) else { return certificates }
        // As above.
        let first: Int32 = unsafe SSL_is_server(self.pointer) == 1 ? 0 : 1
        // As above.
        let count = unsafe shim_sk_X509_num(chain)
        for index in stride(from: first, to: count, by: 1) {
            // As above.
            guard let certificate = unsafe shim_sk_X509_value(chain, index) else { continue }
            // As above.
            certificates.append(unsafe CertificateHandle(sharing: certificate))
        }
        return certificates
    }

    /// The octets of tls-exporter; nil on TLS 1.2 without extended master secret (RFC 9266, section 3).
    var exporterBinding: [UInt8]? {
        // The SSL lives as long as this object.
        let hasExtendedMasterSecret = unsafe shim_SSL_get_extms_support(self.pointer) == 1
        guard self.version >= .tls13 || hasExtendedMasterSecret else { return nil }
        let label = "EXPORTER-Channel-Binding"
        OpenSSLFailure.forget()
        // The buffer has the room the length says; the context is empty, not absent.
        let octets = unsafe [UInt8](unsafeUninitializedCapacity: 32) { buffer, filled in
            // As above.
            let done = unsafe SSL_export_keying_material(
                self.pointer,
                buffer.baseAddress,
                32,
                label,
                label.utf8.count,
                nil,
                0,
                1
            )
            filled = done == 1 ? 32 : 0
        }
        OpenSSLFailure.forget()
        return octets.isEmpty ? nil : octets
    }

    /// The octets of tls-server-end-point; nil where the signature of the server's certificate has no hash.
    var serverEndPointBinding: [UInt8]? {
        let certificate: CertificateHandle?
        // The SSL lives as long as this object.
        if unsafe SSL_is_server(self.pointer) == 1 {
            // The certificate belongs to the SSL; a reference is added.
            certificate = unsafe SSL_get_certificate(self.pointer).map {
                // As above.
                unsafe CertificateHandle(sharing: $0)
            }
        } else {
            certificate = self.peerCertificates.first
        }
        return certificate?.endPointHash
    }

    /// What the handshake has established, for a server.
    func serverFacts() throws(TLSError) -> TLSSession {
        let certificates = try Self.read(self.peerCertificates)
        return TLSSession(
            version: self.version,
            cipher: self.cipher,
            peerCertificates: certificates,
            verifiedName: nil,
            isVerified: !certificates.isEmpty && self.verificationResult == X509_V_OK,
            isResumed: self.isResumed,
            exporterBinding: self.exporterBinding,
            serverEndPointBinding: self.serverEndPointBinding
        )
    }

    /// What the handshake has established, for a client, once everything asked for is verified.
    ///
    /// - Throws: ``TLSError`` with code `verificationFailed`.
    func clientFacts(configuration: TLSConfiguration, peer: PeerName) throws(TLSError) -> TLSSession {
        let certificates = try Self.read(self.peerCertificates)
        guard let leaf = certificates.first else {
            throw TLSError(.verificationFailed, "the server showed no certificate", reason: .noCertificate)
        }
        let isValid = self.verificationResult == X509_V_OK
        let usesDANE = self.isVerifiedByDANE
        guard isValid || !self.requiresPeer else {
            throw .verification(
                self.verificationFailure
                    ?? VerificationFailure(error: self.verificationResult, certificate: leaf),
                peer: peer
            )
        }
        let isPinned = configuration.pinnedKeys.contains(leaf.publicKeyPin)
        guard isPinned || configuration.pinnedKeys.isEmpty else {
            throw TLSError(
                .verificationFailed,
                "the key of the server's certificate is none of those pinned; its pin is \(leaf.publicKeyPin)",
                reason: .pinMismatch
            )
        }
        let isNamed =
            isValid
            && (usesDANE ? !self.isVerifiedByDANEWithoutName : configuration.verification == .full)
        return TLSSession(
            version: self.version,
            cipher: self.cipher,
            peerCertificates: certificates,
            verifiedName: isNamed ? peer.text : nil,
            isVerified: isNamed || isValid && usesDANE || isPinned,
            isResumed: self.isResumed,
            exporterBinding: self.exporterBinding,
            serverEndPointBinding: self.serverEndPointBinding
        )
    }

    /// Whether OpenSSL was told to refuse a peer that does not verify.
    private var requiresPeer: Bool {
        // The SSL lives as long as this object.
        unsafe SSL_get_verify_mode(self.pointer) & SSL_VERIFY_PEER != 0
    }

    private static func read(_ handles: [CertificateHandle]) throws(TLSError) -> [TLSCertificate] {
        var certificates: [TLSCertificate] = []
        for handle in handles {
            certificates.append(try TLSCertificate(handle))
        }
        return certificates
    }
}
