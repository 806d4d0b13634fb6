internal import COpenSSL

/// Random octets from OpenSSL's generator, seeded by the system.
package enum SystemRandom {
    /// An array of random octets.
    ///
    /// - Throws: ``CryptoError`` when the generator fails, or for a count below 0 or above 2147483647.
    package static func octets(_ count: Int) throws(CryptoError) -> [UInt8] {
        guard count >= 0, let length = Int32(exactly: count) else {
            throw CryptoError("no array has \(count) octets")
        }
        var octets = [UInt8](repeating: 0, count: count)
        CryptoError.clearQueue()
        // `octets` has the length handed over.
        guard unsafe RAND_bytes(&octets, length) == 1 else {
            throw CryptoError.takingQueue("the random generator failed")
        }
        return octets
    }
}
