internal import COpenSSL
internal import COpenSSLShims
internal import OpenSSLCrypto

/// A certificate made by OpenSSL's functions, and the key that belongs to it.
// Neither certificate nor key is changed after init; OpenSSL lets many threads sign with one key.
@safe
final class CertificateBuilder: @unchecked Sendable {
    private let certificate: CertificateHandle
    private let key: KeyHandle
    private let digest: CertificateRequest.SignatureDigest
    private let serial: UInt64
    /// Whether it is signed by its own key.
    let isSelfSigned: Bool

    /// Makes key and certificate, signed by an authority or, without one, by itself.
    init(_ request: CertificateRequest, signedBy authority: CertificateBuilder?) throws(TLSError) {
        self.key = try Self.makeKey(request.key)
        self.digest = request.digest
        self.isSelfSigned = authority == nil
        do {
            // 62 random bits: positive, and never twice.
            self.serial = try SystemRandom.octets(8).reduce(0) { $0 << 8 | UInt64($1) } >> 2 | 1
        } catch {
            throw .invalidConfiguration("no serial number: \(error)")
        }
        OpenSSLFailure.forget()
        // New, and owned by the handle.
        guard let new = unsafe X509_new() else { throw Self.failure() }
        // As above.
        self.certificate = unsafe CertificateHandle(owning: new)
        let issuer = authority?.certificate ?? self.certificate
        try self.fill(request)
        // Both certificates live through the calls; names are copied.
        guard
            // As above.
            unsafe X509_set_issuer_name(self.certificate.pointer, X509_get_subject_name(issuer.pointer)) == 1
        else { throw Self.failure() }
        try self.extend(request, issuer: issuer)
        let signer = authority?.key ?? self.key
        // As above.
        guard
            // As above.
            unsafe X509_sign(
                self.certificate.pointer,
                signer.pointer,
                Self.digest(request.digest, for: signer)
            ) > 0
        else { throw Self.failure() }
    }

    /// The certificate with its key.
    ///
    /// - Parameter chain: The PEM of the authorities above, without the root.
    func issued(chain: [UInt8]) throws(TLSError) -> IssuedCertificate {
        let certificate = try MemoryBIO()
        let key = try MemoryBIO()
        OpenSSLFailure.forget()
        // BIOs, certificate and key live through the calls.
        guard unsafe PEM_write_bio_X509(certificate.pointer, self.certificate.pointer) == 1,
            // As above.
            unsafe PEM_write_bio_PrivateKey(key.pointer, self.key.pointer, nil, nil, 0, nil, nil) == 1,
            let certificatePEM = certificate.contents(),
            let keyPEM = key.contents()
        else { throw Self.failure() }
        return IssuedCertificate(
            certificate: try TLSCertificate(self.certificate),
            chainPEM: certificatePEM + chain,
            keyPEM: Secret(octets: keyPEM),
            serial: self.serial,
            builder: self
        )
    }

    /// The key in PEM, encrypted.
    func encryptedKey(passphrase: Secret) throws(TLSError) -> Secret {
        let bio = try MemoryBIO()
        OpenSSLFailure.forget()
        // BIO, key and passphrase live through the call, which reads the passphrase within its length.
        let done = passphrase.withOctets { passphrase in
            // As above.
            unsafe passphrase.withUnsafeBytes { passphrase in
                // As above.
                unsafe PEM_write_bio_PKCS8PrivateKey(
                    bio.pointer,
                    self.key.pointer,
                    EVP_aes_256_cbc(),
                    passphrase.assumingMemoryBound(to: CChar.self).baseAddress,
                    Int32(clamping: passphrase.count),
                    nil,
                    nil
                )
            }
        }
        guard done == 1, let pem = bio.contents() else { throw Self.failure() }
        return Secret(octets: pem)
    }

    /// A revocation list with these serial numbers.
    func revocationList(_ serials: [UInt64]) throws(TLSError) -> [UInt8] {
        OpenSSLFailure.forget()
        // New, and owned by the handle.
        guard let new = unsafe X509_CRL_new() else { throw Self.failure() }
        // As above.
        let list = unsafe RevocationListHandle(owning: new)
        // Made here; freed below.
        let now = unsafe X509_gmtime_adj(nil, -60)
        // As above.
        let tomorrow = unsafe X509_gmtime_adj(nil, 86_400)
        defer {
            // As above.
            unsafe ASN1_TIME_free(now)
            // As above.
            unsafe ASN1_TIME_free(tomorrow)
        }
        // Everything lives through the calls; names and times are copied.
        guard unsafe X509_CRL_set_version(list.pointer, 1) == 1,
            // As above.
            unsafe X509_CRL_set_issuer_name(list.pointer, X509_get_subject_name(self.certificate.pointer))
                == 1,
            // As above.
            unsafe X509_CRL_set1_lastUpdate(list.pointer, now) == 1,
            // As above.
            unsafe X509_CRL_set1_nextUpdate(list.pointer, tomorrow) == 1
        else { throw Self.failure() }
        for serial in serials {
            // Made here; the number is copied, the entry goes over to the list.
            let number = unsafe ASN1_INTEGER_new()
            // As above.
            defer { unsafe ASN1_INTEGER_free(number) }
            // As above.
            guard let entry = unsafe X509_REVOKED_new(), unsafe ASN1_INTEGER_set_uint64(number, serial) == 1,
                // As above.
                unsafe X509_REVOKED_set_serialNumber(entry, number) == 1,
                // As above.
                unsafe X509_REVOKED_set_revocationDate(entry, now) == 1,
                // As above.
                unsafe X509_CRL_add0_revoked(list.pointer, entry) == 1
            else { throw Self.failure() }
        }
        let bio = try MemoryBIO()
        // Everything lives through the calls.
        guard unsafe X509_CRL_sort(list.pointer) == 1,
            // As above.
            unsafe X509_CRL_sign(list.pointer, self.key.pointer, Self.digest(self.digest, for: self.key)) > 0,
            // As above.
            unsafe PEM_write_bio_X509_CRL(bio.pointer, list.pointer) == 1,
            let pem = bio.contents()
        else { throw Self.failure() }
        return pem
    }

    private func fill(_ request: CertificateRequest) throws(TLSError) {
        // The handle keeps the certificate alive.
        let certificate = unsafe self.certificate.pointer
        let name = Array(request.commonName.utf8)
        // All of them belong to the certificate, which lives through the calls.
        guard unsafe X509_set_version(certificate, 2) == 1,
            // As above.
            unsafe ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), self.serial) == 1,
            // As above.
            unsafe X509_gmtime_adj(
                X509_getm_notBefore(certificate),
                Int(request.notBefore.components.seconds)
            ) != nil,
            // As above.
            unsafe X509_gmtime_adj(X509_getm_notAfter(certificate), Int(request.notAfter.components.seconds))
                != nil,
            // As above.
            unsafe X509_NAME_add_entry_by_NID(
                X509_get_subject_name(certificate),
                NID_commonName,
                MBSTRING_UTF8,
                name,
                Int32(name.count),
                -1,
                0
            ) == 1,
            // The key lives as long as this object; the certificate takes a reference of its own.
            unsafe X509_set_pubkey(certificate, self.key.pointer) == 1
        else { throw Self.failure() }
    }

    private func extend(_ request: CertificateRequest, issuer: CertificateHandle) throws(TLSError) {
        if request.isAuthority {
            try self.add(NID_basic_constraints, critical: true, DER.sequence([[0x01, 0x01, 0xFF]]))
            // keyCertSign and cRLSign.
            try self.add(NID_key_usage, critical: true, [0x03, 0x02, 0x01, 0x06])
        }
        try self.add(NID_subject_key_identifier, DER.value(0x04, Self.keyIdentifier(self.certificate)))
        if !self.isSelfSigned {
            let identifier = DER.value(0x80, try Self.keyIdentifier(issuer))
            try self.add(NID_authority_key_identifier, DER.sequence([identifier]))
        }
        var names = request.dnsNames.map { DER.value(0x82, Array($0.utf8)) }
        names += request.rawDNSNames.map { DER.value(0x82, $0) }
        names += request.addresses.compactMap(Self.octets(ofAddress:)).map { DER.value(0x87, $0) }
        if !names.isEmpty {
            try self.add(NID_subject_alt_name, DER.sequence(names))
        }
    }

    private func add(_ identifier: Int32, critical: Bool = false, _ contents: [UInt8]) throws(TLSError) {
        // Both are made here, copied by what they are handed to, and freed here.
        let octets = unsafe ASN1_OCTET_STRING_new()
        // As above.
        defer { unsafe ASN1_OCTET_STRING_free(octets) }
        // As above.
        guard unsafe ASN1_OCTET_STRING_set(octets, contents, Int32(contents.count)) == 1,
            // As above.
            let new = unsafe X509_EXTENSION_create_by_NID(nil, identifier, critical ? 1 : 0, octets)
        else { throw Self.failure() }
        // As above.
        defer { unsafe X509_EXTENSION_free(new) }
        // As above.
        guard unsafe X509_add_ext(self.certificate.pointer, new, -1) == 1 else { throw Self.failure() }
    }

    private static func makeKey(_ kind: CertificateRequest.KeyKind) throws(TLSError) -> KeyHandle {
        OpenSSLFailure.forget()
        // A new key, owned by the handle.
        let pointer: OpaquePointer? =
            switch kind {
            // As above.
            case .ecP256: unsafe shim_EVP_EC_gen("P-256")
            // As above.
            case .rsa(let bits): unsafe shim_EVP_RSA_gen(UInt32(clamping: bits))
            // As above.
            case .ed25519: unsafe shim_EVP_ED25519_gen()
            }
        // As above.
        guard let pointer = unsafe pointer else { throw Self.failure() }
        // As above.
        return unsafe KeyHandle(owning: pointer)
    }

    private static func keyIdentifier(_ certificate: CertificateHandle) throws(TLSError) -> [UInt8] {
        do {
            return Array(try Digest.sha256.hash(certificate.publicKeyInfo()).prefix(20))
        } catch {
            throw .invalidConfiguration("no key identifier: \(error)")
        }
    }

    private static func digest(
        _ digest: CertificateRequest.SignatureDigest,
        for key: KeyHandle
    ) -> OpaquePointer? {
        // A digest of the library, which nobody frees. Ed25519 signs without one.
        unsafe EVP_PKEY_get_id(key.pointer) == EVP_PKEY_ED25519 ? nil : EVP_get_digestbyname(digest.rawValue)
    }

    private static func octets(ofAddress address: String) -> [UInt8]? {
        // Made here and freed here; what is taken from it is copied before.
        let string = unsafe a2i_IPADDRESS(address)
        // As above.
        defer { unsafe ASN1_OCTET_STRING_free(string) }
        // As above.
        guard let string = unsafe string, let start = unsafe ASN1_STRING_get0_data(string) else { return nil }
        // As above: the length belongs to the data.
        return unsafe Array(UnsafeBufferPointer(start: start, count: Int(max(0, ASN1_STRING_length(string)))))
    }

    private static func failure() -> TLSError {
        .invalidConfiguration("a certificate cannot be made", OpenSSLFailure.take())
    }
}
