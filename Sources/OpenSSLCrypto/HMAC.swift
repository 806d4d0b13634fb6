internal import COpenSSL

/// Keyed hash (RFC 2104).
package enum HMAC {
    /// Code of a message; a secret, since it often serves as a key.
    ///
    /// - Throws: ``CryptoError`` when OpenSSL does not offer the hash function, or for a key of more than 2 GiB.
    package static func code(
        of message: [UInt8],
        key: Secret,
        digest: Digest
    ) throws(CryptoError) -> Secret {
        try key.withOctets { (key) throws(CryptoError) in
            guard let keyLength = Int32(exactly: key.count) else { throw CryptoError("the key is too long") }
            return try Secret(count: digest.byteCount) { (output) throws(CryptoError) in
                CryptoError.clearQueue()
                // Both inputs are read within their lengths; the output has the length of the code.
                let isDone = unsafe key.withUnsafeBufferPointer { key in
                    // As above.
                    unsafe output.withUnsafeMutableBufferPointer { output in
                        // As above.
                        unsafe COpenSSL.HMAC(
                            digest.algorithm,
                            key.baseAddress,
                            keyLength,
                            message,
                            message.count,
                            output.baseAddress,
                            nil
                        ) != nil
                    }
                }
                guard isDone else { throw CryptoError.takingQueue("HMAC-\(digest.rawValue) failed") }
            }
        }
    }
}
