internal import COpenSSL

/// Hash function.
package enum Digest: String, Sendable, Hashable, CaseIterable {
    /// MD5; only for CRAM-MD5.
    case md5 = "MD5"
    /// SHA-1; only where a protocol has nothing better.
    case sha1 = "SHA1"
    /// SHA-256.
    case sha256 = "SHA256"
    /// SHA-384.
    case sha384 = "SHA384"
    /// SHA-512.
    case sha512 = "SHA512"

    /// Octets of a hash.
    package var byteCount: Int {
        switch self {
        case .md5: 16
        case .sha1: 20
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }

    /// Hash of an array.
    ///
    /// - Throws: ``CryptoError`` when OpenSSL does not offer the function, as a FIPS build does not offer MD5.
    package func hash(_ octets: [UInt8]) throws(CryptoError) -> [UInt8] {
        try self.hash(octets.span)
    }

    /// Hash of octets in place.
    ///
    /// - Throws: ``CryptoError`` when OpenSSL does not offer the function, as a FIPS build does not offer MD5.
    package func hash(_ octets: Span<UInt8>) throws(CryptoError) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: self.byteCount)
        CryptoError.clearQueue()
        // `result` has the length of this hash; nothing is written beyond it, nothing read beyond `octets`.
        let status = unsafe octets.withUnsafeBufferPointer { input in
            // As above.
            unsafe EVP_Digest(input.baseAddress, input.count, &result, nil, self.algorithm, nil)
        }
        guard status == 1 else { throw CryptoError.takingQueue("\(self.rawValue) failed") }
        return result
    }

    /// OpenSSL's constant for the function, which nobody frees; nil when it is not offered.
    var algorithm: OpaquePointer? {
        // The name is a constant and ended by NUL in the call.
        unsafe EVP_get_digestbyname(self.rawValue)
    }
}
