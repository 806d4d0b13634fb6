public import OpenSSLCrypto

/// CRAM-MD5: the server's challenge hashed with the password (RFC 2195).
///
/// Weak: whoever reads the exchange can try passwords at leisure, and the server proves nothing. It is not among
/// the mechanisms of ``AuthenticationPolicy/default``; name it in a policy for servers that offer nothing better.
public struct CRAMMD5: SASLMechanism {
    /// `CRAM-MD5`.
    public var name: String { "CRAM-MD5" }
    /// False, although it allows guessing.
    public var revealsSecret: Bool { false }
    /// False.
    public var isClientFirst: Bool { false }
    /// The password, and the proof once it was given out.
    public var secrets: [Secret] { [self.password] + (self.proof.map { [$0] } ?? []) }

    private let username: String
    private let password: Secret
    private var proof: Secret?
    /// Whether the challenge was answered.
    public var isComplete: Bool { self.proof != nil }

    /// Makes the mechanism.
    ///
    /// - Throws: ``SASLError`` when user name or password is empty, or for an authorisation identity, which
    ///   CRAM-MD5 cannot carry.
    public init(_ credentials: Credentials) throws(SASLError) {
        self.username = credentials.username
        self.password = try credentials.requirePassword()
        guard credentials.authorizationIdentity.isEmpty else {
            throw SASLError(.invalidCredentials("CRAM-MD5 has no authorisation identity"))
        }
    }

    /// User name, space, and the keyed hash in lower-case hexadecimal digits.
    public mutating func respond(to challenge: [UInt8]?) async throws(SASLError) -> [UInt8] {
        guard self.proof == nil else { throw SASLError(.unexpectedChallenge) }
        guard let challenge, !challenge.isEmpty, challenge.count <= ServerText.maximumChallenge else {
            throw SASLError(.malformedChallenge)
        }
        do throws(CryptoError) {
            let code = try HMAC.code(of: challenge, key: self.password, digest: .md5)
            let digits = Array("0123456789abcdef".utf8)
            let proof = code.copy().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
            self.proof = Secret(octets: proof)
            return Array(self.username.utf8) + [0x20] + proof
        } catch {
            throw SASLError(.cryptography(error.description))
        }
    }
}
