internal import OpenSSLCrypto

/// The keyed hashing that mechanisms ask for, in plain octets: the secrets of a test server are none.
struct ServerHash: Sendable {
    static let md5 = ServerHash(digest: .md5)
    static let sha1 = ServerHash(digest: .sha1)
    static let sha256 = ServerHash(digest: .sha256)
    static let sha512 = ServerHash(digest: .sha512)

    private let digest: Digest

    /// H of RFC 5802 section 2.2.
    func hash(_ octets: [UInt8]) throws(CryptoError) -> [UInt8] {
        try self.digest.hash(octets)
    }

    /// RFC 2104.
    func hmac(_ message: [UInt8], key: [UInt8]) throws(CryptoError) -> [UInt8] {
        try HMAC.code(of: message, key: Secret(octets: key), digest: self.digest).copy()
    }

    /// Hi of RFC 5802 section 2.2; counts out of 1 to 1 000 000 are moved to the nearest end.
    func saltedPassword(_ password: String, salt: [UInt8], iterations: Int) throws(CryptoError) -> [UInt8] {
        try PBKDF2.compute(
            Secret(password),
            salt: salt,
            rounds: Int32(min(max(1, iterations), 1_000_000)),
            byteCount: self.digest.byteCount,
            digest: self.digest
        ).copy()
    }
}
