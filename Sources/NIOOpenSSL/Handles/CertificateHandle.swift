internal import COpenSSL
internal import COpenSSLShims
internal import NIOCore

/// One reference to an `X509`.
@safe
final class CertificateHandle {
    // One reference is owned: taken in init, given back in deinit. Certificates here are read, never changed.
    let pointer: OpaquePointer

    /// Takes over a reference.
    init(owning pointer: OpaquePointer) {
        // The caller gives its reference away.
        unsafe self.pointer = pointer
    }

    /// Adds a reference of its own.
    init(sharing pointer: OpaquePointer) {
        // The caller's reference keeps it alive until this one is taken.
        unsafe X509_up_ref(pointer)
        // As above.
        unsafe self.pointer = pointer
    }

    /// Reads DER.
    convenience init(der: [UInt8]) throws(TLSError) {
        OpenSSLFailure.forget()
        // d2i reads within the length given, and the buffer lives through the call.
        let pointer = unsafe der.withUnsafeBufferPointer { buffer in
            var position = buffer.baseAddress
            // As above.
            return unsafe d2i_X509(nil, &position, buffer.count)
        }
        // As above.
        guard let pointer = unsafe pointer else {
            throw .invalidConfiguration("the octets are no certificate", OpenSSLFailure.take())
        }
        // d2i gave a reference.
        unsafe self.init(owning: pointer)
    }

    deinit {
        // The reference taken in init.
        unsafe X509_free(self.pointer)
    }

    /// Reads every certificate of a PEM text, or one of DER.
    ///
    /// - Parameter what: What the octets are for, in the message of an error.
    static func read(_ octets: [UInt8], what: String) throws(TLSError) -> [CertificateHandle] {
        guard PEM.isPEM(octets) else {
            return [try CertificateHandle(der: octets)]
        }
        let bio = try MemoryBIO(octets)
        var certificates: [CertificateHandle] = []
        while true {
            OpenSSLFailure.forget()
            // The callback refuses encrypted text instead of asking on the terminal.
            let pointer = unsafe PEM_read_bio_X509(bio.pointer, nil, PEM.refusePassphrase, nil)
            // As above.
            guard let pointer = unsafe pointer else {
                let failures = OpenSSLFailure.take()
                let atEnd = failures.last.map {
                    $0.library == ERR_LIB_PEM && $0.reason == PEM_R_NO_START_LINE
                }
                guard atEnd == true, !certificates.isEmpty else {
                    throw .invalidConfiguration("no certificate could be read from \(what)", failures)
                }
                return certificates
            }
            // The reader gave a reference.
            certificates.append(unsafe CertificateHandle(owning: pointer))
        }
    }

    /// The certificate in DER.
    func der() throws(TLSError) -> [UInt8] {
        OpenSSLFailure.forget()
        // The length asked for first is the length written.
        let length = Int(unsafe i2d_X509(self.pointer, nil))
        // As above.
        let octets = unsafe [UInt8](unsafeUninitializedCapacity: max(length, 0)) { buffer, filled in
            guard length > 0 else { return }
            var position = buffer.baseAddress
            // As above.
            filled = Int(unsafe i2d_X509(self.pointer, &position))
        }
        guard !octets.isEmpty else {
            throw .invalidConfiguration("a certificate cannot be written", OpenSSLFailure.take())
        }
        return octets
    }

    /// The SubjectPublicKeyInfo in DER.
    func publicKeyInfo() throws(TLSError) -> [UInt8] {
        OpenSSLFailure.forget()
        // The key belongs to the certificate, which outlives this call.
        let key = unsafe X509_get_X509_PUBKEY(self.pointer)
        // The length asked for first is the length written.
        let length = Int(unsafe i2d_X509_PUBKEY(key, nil))
        // As above.
        let octets = unsafe [UInt8](unsafeUninitializedCapacity: max(length, 0)) { buffer, filled in
            guard length > 0 else { return }
            var position = buffer.baseAddress
            // As above.
            filled = Int(unsafe i2d_X509_PUBKEY(key, &position))
        }
        guard !octets.isEmpty else {
            throw .invalidConfiguration("a public key cannot be written", OpenSSLFailure.take())
        }
        return octets
    }

    /// The hash tls-server-end-point takes (RFC 5929, section 4.1); nil where the signature has none.
    var endPointHash: [UInt8]? {
        var identifier = NID_undef
        // The certificate lives through the call.
        guard unsafe X509_get_signature_info(self.pointer, &identifier, nil, nil, nil) == 1,
            identifier != NID_undef
        else { return nil }
        if identifier == NID_md5 || identifier == NID_sha1 { identifier = NID_sha256 }
        // A digest of the library, which nobody frees.
        guard let digest = unsafe EVP_get_digestbyname(OBJ_nid2sn(identifier)) else { return nil }
        OpenSSLFailure.forget()
        // The buffer has room for the longest digest there is.
        let hash = unsafe [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { buffer, filled in
            var size: UInt32 = 0
            // As above.
            let done = unsafe X509_digest(self.pointer, digest, buffer.baseAddress, &size)
            filled = done == 1 ? Int(size) : 0
        }
        OpenSSLFailure.forget()
        return hash.isEmpty ? nil : hash
    }

    var subject: String {
        // The name belongs to the certificate, which outlives the call.
        unsafe Self.text(of: X509_get_subject_name(self.pointer))
    }

    var issuer: String {
        // As for the subject.
        unsafe Self.text(of: X509_get_issuer_name(self.pointer))
    }

    var notBefore: CertificateTime {
        // As for the subject.
        unsafe Self.time(X509_get0_notBefore(self.pointer))
    }

    var notAfter: CertificateTime {
        // As for the subject.
        unsafe Self.time(X509_get0_notAfter(self.pointer))
    }

    /// The DNS names and IP addresses of the subject alternative name, at most 64.
    var names: [String] {
        // The names are a copy, freed below; what is taken from them is copied before.
        guard let names = unsafe shim_X509_subject_alternative_names(self.pointer) else { return [] }
        // As above.
        defer { unsafe GENERAL_NAMES_free(names) }
        var texts: [String] = []
        // As above.
        for index in 0..<max(0, min(64, unsafe shim_sk_GENERAL_NAME_num(names))) {
            var type: Int32 = 0
            // As above; only the two kinds that are strings are looked into.
            guard let name = unsafe shim_sk_GENERAL_NAME_value(names, index),
                // As above.
                let string = unsafe shim_GENERAL_NAME_string(name, &type),
                type == GEN_DNS || type == GEN_IPADD,
                // As above.
                let start = unsafe ASN1_STRING_get0_data(string)
            else { continue }
            // As above: the length belongs to the data.
            let octets = unsafe [UInt8](
                UnsafeBufferPointer(start: start, count: Int(max(0, ASN1_STRING_length(string))))
            )
            if type == GEN_DNS {
                texts.append(PeerText.escape(octets))
            } else if let address = try? SocketAddress(packedIPAddress: ByteBuffer(bytes: octets), port: 0) {
                texts.append(address.ipAddress ?? "")
            }
        }
        return texts
    }

    private static func text(of name: OpaquePointer?) -> String {
        // The name belongs to a certificate the caller keeps alive.
        guard let name = unsafe name, let bio = try? MemoryBIO() else { return "" }
        // Both live through the call.
        unsafe X509_NAME_print_ex(bio.pointer, name, 0, shim_XN_FLAG_RFC2253())
        return PeerText.escape(bio.contents() ?? [], limit: 256)
    }

    private static func time(_ time: UnsafePointer<ASN1_TIME>?) -> CertificateTime {
        // The epoch is made here and freed here; the time lives through the call.
        let epoch = unsafe ASN1_TIME_set(nil, 0)
        // As above.
        defer { unsafe ASN1_TIME_free(epoch) }
        var days: Int32 = 0
        var seconds: Int32 = 0
        // As above.
        unsafe ASN1_TIME_diff(&days, &seconds, epoch, time)
        return CertificateTime(secondsSince1970: Int64(days) * 86_400 + Int64(seconds))
    }
}
