internal import COpenSSL

/// Key derivation from a password, slow on purpose (RFC 8018 section 5.2).
package enum PBKDF2 {
    /// Key of `byteCount` octets, computed on a thread apart from event loops and from Swift's own pool.
    ///
    /// - Parameters:
    ///   - iterations: 1 to 2147483647; bound it before, every ten thousand take milliseconds.
    ///   - byteCount: 1 to 1024.
    /// - Throws: ``CryptoError`` for numbers outside the limits or when OpenSSL does not offer the function;
    ///   `CancellationError` as soon as the task is cancelled.
    package static func key(
        from password: Secret,
        salt: [UInt8],
        iterations: Int,
        byteCount: Int,
        digest: Digest
    ) async throws -> Secret {
        guard let rounds = Int32(exactly: iterations), rounds > 0, (1...1024).contains(byteCount) else {
            throw CryptoError("PBKDF2 cannot work with these numbers")
        }
        return try await DerivationQueue.shared.run {
            try Self.compute(password, salt: salt, rounds: rounds, byteCount: byteCount, digest: digest)
        }
    }

    /// The same key at once, on the calling thread.
    package static func compute(
        _ password: Secret,
        salt: [UInt8],
        rounds: Int32,
        byteCount: Int,
        digest: Digest
    ) throws(CryptoError) -> Secret {
        try password.withOctets { (password) throws(CryptoError) in
            guard let passwordLength = Int32(exactly: password.count),
                let saltLength = Int32(exactly: salt.count)
            else { throw CryptoError("password or salt is too long") }
            return try Secret(count: byteCount) { (output) throws(CryptoError) in
                CryptoError.clearQueue()
                // Both inputs are read within their lengths; exactly the length of the output is written.
                let status = unsafe password.withUnsafeBufferPointer { password in
                    // As above.
                    unsafe output.withUnsafeMutableBufferPointer { output in
                        // As above.
                        unsafe PKCS5_PBKDF2_HMAC(
                            password.baseAddress,
                            passwordLength,
                            salt,
                            saltLength,
                            rounds,
                            digest.algorithm,
                            Int32(output.count),
                            output.baseAddress
                        )
                    }
                }
                guard status == 1 else {
                    throw CryptoError.takingQueue("PBKDF2 with \(digest.rawValue) failed")
                }
            }
        }
    }
}
