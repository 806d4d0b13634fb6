internal import OpenSSLCrypto

/// CRAM-MD5 (RFC 2195): the server speaks first, so an initial response is an error (RFC 4954 section 4).
struct CRAMMD5Mechanism: ServerMechanism {
    let users: [String: String]
    let challenge: String
    private(set) var user: String?
    private var isAsked = false

    init(users: [String: String], challenge: String) {
        self.users = users
        self.challenge = challenge
    }

    mutating func step(_ response: [UInt8]?) throws(CryptoError) -> MechanismStep {
        guard let response else {
            self.isAsked = true
            return .challenge(Array(self.challenge.utf8))
        }
        // The name may hold spaces; the digest is behind the last one.
        guard self.isAsked, let space = response.lastIndex(of: .space) else { return .malformed }
        let user = String(decoding: response[..<space], as: UTF8.self)
        self.user = user
        let digest = response[(space + 1)...]
        guard digest.count == 32, digest.allSatisfy("0123456789abcdef".utf8.contains) else {
            return .malformed
        }
        guard let password = self.users[user] else { return .failure }
        let expected = try ServerHash.md5.hmac(Array(self.challenge.utf8), key: Array(password.utf8))
        return digest.elementsEqual(Self.hexadecimal(expected)) ? .success : .failure
    }

    private static func hexadecimal(_ octets: [UInt8]) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return octets.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0xF)]] }
    }
}
