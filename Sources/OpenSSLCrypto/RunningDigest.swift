internal import COpenSSL

/// Hash of octets that come in pieces.
// The context belongs to this value alone: it cannot be copied, so only one thread at a time has it.
@safe
package struct RunningDigest: ~Copyable, @unchecked Sendable {
    private let digest: Digest
    // Owned: made in init, freed in deinit.
    private let context: OpaquePointer

    /// Begins a hash.
    ///
    /// - Throws: ``CryptoError`` when OpenSSL does not offer the function.
    package init(_ digest: Digest) throws(CryptoError) {
        CryptoError.clearQueue()
        // The new context belongs to this value.
        guard let context = unsafe EVP_MD_CTX_new() else { throw CryptoError.takingQueue("no memory") }
        // The algorithm is a constant of the library or nil.
        guard unsafe EVP_DigestInit_ex(context, digest.algorithm, nil) == 1 else {
            // Nobody else has it.
            unsafe EVP_MD_CTX_free(context)
            throw CryptoError.takingQueue("\(digest.rawValue) failed")
        }
        self.digest = digest
        // As above.
        unsafe self.context = context
    }

    deinit {
        // The last use.
        unsafe EVP_MD_CTX_free(self.context)
    }

    /// Adds octets.
    ///
    /// - Throws: ``CryptoError`` when OpenSSL fails.
    package mutating func update(_ octets: Span<UInt8>) throws(CryptoError) {
        guard !octets.isEmpty else { return }
        CryptoError.clearQueue()
        // Nothing is read beyond the octets; the context is this value's own.
        let status = unsafe octets.withUnsafeBufferPointer { octets in
            // As above.
            unsafe EVP_DigestUpdate(self.context, octets.baseAddress, octets.count)
        }
        guard status == 1 else { throw CryptoError.takingQueue("\(self.digest.rawValue) failed") }
    }

    /// The hash of all octets since the beginning, or since the last call; what is added later begins a new one.
    ///
    /// - Throws: ``CryptoError`` when OpenSSL fails.
    package mutating func finish() throws(CryptoError) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: self.digest.byteCount)
        CryptoError.clearQueue()
        // `result` has the length of this hash, and the context is this value's own.
        guard unsafe EVP_DigestFinal_ex(self.context, &result, nil) == 1 else {
            throw CryptoError.takingQueue("\(self.digest.rawValue) failed")
        }
        // As above; the algorithm is a constant of the library.
        guard unsafe EVP_DigestInit_ex(self.context, self.digest.algorithm, nil) == 1 else {
            throw CryptoError.takingQueue("\(self.digest.rawValue) failed")
        }
        return result
    }
}
