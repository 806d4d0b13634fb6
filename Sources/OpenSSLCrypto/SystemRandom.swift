internal import COpenSSL

/// Random octets from OpenSSL's generator, seeded by the system.
package enum SystemRandom {
    /// Fills an array with random octets.
    ///
    /// - Throws: ``CryptoError`` when the generator fails.
    package static func octets(_ count: Int) throws(CryptoError) -> [UInt8] {
        let octets = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            guard let start = buffer.baseAddress, let length = Int32(exactly: count) else { return }
            if unsafe RAND_bytes(start, length) == 1 { filled = count }
        }
        guard octets.count == count else { throw CryptoError("the random generator failed") }
        return octets
    }
}
