internal import COpenSSL
internal import COpenSSLShims

/// Private key that signs: RSA with PKCS #1 v1.5 padding, or Ed25519.
///
/// It appears in no text: printing or reflecting it shows its kind alone.
// OpenSSL counts references atomically, and signing only reads the key.
@safe
package final class SigningKey: @unchecked Sendable {
    /// What kind of key it is.
    package enum Kind: Sendable, Hashable {
        /// RSA with a modulus of `bits`.
        case rsa(bits: Int)
        /// Ed25519 (RFC 8032).
        case ed25519
    }

    /// What kind of key this is.
    package let kind: Kind
    // One reference is owned: taken over in init, given back in deinit.
    let pointer: OpaquePointer

    /// Takes over a reference.
    ///
    /// - Throws: ``CryptoError`` for a key of another kind; the reference is given back then, too.
    init(owning pointer: OpaquePointer) throws(CryptoError) {
        // The caller gives its reference away.
        unsafe self.pointer = pointer
        // As above.
        switch unsafe EVP_PKEY_get_base_id(pointer) {
        // As above.
        case EVP_PKEY_RSA: self.kind = .rsa(bits: Int(unsafe EVP_PKEY_get_bits(pointer)))
        case EVP_PKEY_ED25519: self.kind = .ed25519
        default:
            // There will be no deinit to give it back.
            unsafe EVP_PKEY_free(pointer)
            throw CryptoError("the key is neither RSA nor Ed25519")
        }
    }

    deinit {
        // The reference taken in init.
        unsafe EVP_PKEY_free(self.pointer)
    }

    /// A new RSA key.
    ///
    /// - Parameter bits: Length of the modulus, 1024 to 16384; 4096 take about a second.
    /// - Throws: ``CryptoError`` for another length, or when OpenSSL refuses.
    package static func generateRSA(bits: Int) throws(CryptoError) -> SigningKey {
        guard (1024...16_384).contains(bits), let length = UInt32(exactly: bits) else {
            throw CryptoError("an RSA key has 1024 to 16384 bits")
        }
        CryptoError.clearQueue()
        // The new key belongs to the caller.
        guard let pointer = unsafe shim_EVP_RSA_gen(length) else {
            throw CryptoError.takingQueue("no RSA key could be made")
        }
        // As above.
        return try unsafe SigningKey(owning: pointer)
    }

    /// A new Ed25519 key.
    ///
    /// - Throws: ``CryptoError`` when OpenSSL refuses.
    package static func generateEd25519() throws(CryptoError) -> SigningKey {
        CryptoError.clearQueue()
        // The new key belongs to the caller.
        guard let pointer = unsafe shim_EVP_ED25519_gen() else {
            throw CryptoError.takingQueue("no Ed25519 key could be made")
        }
        // As above.
        return try unsafe SigningKey(owning: pointer)
    }

    /// Makes an Ed25519 key of its seed (RFC 8032 section 5.1.5).
    ///
    /// - Parameter seed: 32 octets.
    /// - Throws: ``CryptoError`` for another length, or when OpenSSL refuses.
    package convenience init(ed25519Seed seed: Secret) throws(CryptoError) {
        CryptoError.clearQueue()
        // The seed is read within its length and copied.
        let pointer: OpaquePointer? = unsafe seed.withOctets { seed in
            // As above.
            unsafe seed.withUnsafeBufferPointer { seed in
                guard seed.count == 32 else { return nil }
                // As above.
                return unsafe EVP_PKEY_new_raw_private_key(
                    EVP_PKEY_ED25519,
                    nil,
                    seed.baseAddress,
                    seed.count
                )
            }
        }
        // The new key belongs to this object.
        guard let pointer = unsafe pointer else {
            throw CryptoError.takingQueue("an Ed25519 seed is 32 octets long")
        }
        // As above.
        try unsafe self.init(owning: pointer)
    }

    /// Signature: RSA of a SHA-256 hash (RFC 8017 section 8.2), Ed25519 of the octets as they are.
    ///
    /// - Parameter octets: For RSA the 32 octets of the hash.
    /// - Throws: ``CryptoError`` for another length of the hash, or when OpenSSL refuses.
    package func signature(of octets: [UInt8]) throws(CryptoError) -> [UInt8] {
        CryptoError.clearQueue()
        let result =
            switch self.kind {
            case .rsa: self.signRSA(octets)
            case .ed25519: self.signEd25519(octets)
            }
        guard let result else { throw CryptoError.takingQueue("signing failed") }
        return result
    }

    private func signRSA(_ hash: [UInt8]) -> [UInt8]? {
        guard hash.count == Digest.sha256.byteCount else { return nil }
        // The new context keeps a reference to the key, and is freed below.
        let context = unsafe EVP_PKEY_CTX_new(self.pointer, nil)
        // As above; freeing nil does nothing.
        defer { unsafe EVP_PKEY_CTX_free(context) }
        // As above.
        var count = Int(unsafe EVP_PKEY_get_size(self.pointer))
        var result = [UInt8](repeating: 0, count: count)
        // As above. `result` has the length that `count` tells; the hash is read within its length.
        guard unsafe context != nil, unsafe EVP_PKEY_sign_init(context) == 1,
            unsafe EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1,
            unsafe EVP_PKEY_CTX_set_signature_md(context, Digest.sha256.algorithm) == 1,
            unsafe EVP_PKEY_sign(context, &result, &count, hash, hash.count) == 1
        else { return nil }
        return Array(result.prefix(count))
    }

    private func signEd25519(_ octets: [UInt8]) -> [UInt8]? {
        // The new context is freed below.
        let context = unsafe EVP_MD_CTX_new()
        // As above; freeing nil does nothing.
        defer { unsafe EVP_MD_CTX_free(context) }
        var count = 64
        var result = [UInt8](repeating: 0, count: count)
        // As above. `result` has the length that `count` tells; the octets are read within theirs.
        guard unsafe context != nil,
            unsafe EVP_DigestSignInit(context, nil, nil, nil, self.pointer) == 1,
            unsafe EVP_DigestSign(context, &result, &count, octets, octets.count) == 1
        else { return nil }
        return Array(result.prefix(count))
    }
}

extension SigningKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The kind.
    package var description: String {
        switch self.kind {
        case .rsa(let bits): "RSA key of \(bits) bits"
        case .ed25519: "Ed25519 key"
        }
    }
    /// The same.
    package var debugDescription: String { self.description }
    /// Shows nothing.
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
