public import OpenSSLCrypto

/// PLAIN: user name and password in one message (RFC 4616).
///
/// Both go out in UTF-8 as they were given, without SASLprep: servers compare octets, and some of them hold
/// passwords that SASLprep would refuse.
public struct Plain: SASLMechanism {
    /// `PLAIN`.
    public var name: String { "PLAIN" }
    /// True.
    public var revealsSecret: Bool { true }
    /// True.
    public var isClientFirst: Bool { true }
    /// The password and the whole message.
    public var secrets: [Secret] { [self.password, self.message] }

    private let password: Secret
    private let message: Secret
    /// Whether the message was given out.
    public private(set) var isComplete = false

    /// Makes the mechanism.
    ///
    /// - Parameter credentials: User name and password, neither empty; an authorisation identity only to act
    ///   as somebody else.
    /// - Throws: ``SASLError`` for credentials that PLAIN cannot carry, with NUL above all.
    public init(_ credentials: Credentials) throws(SASLError) {
        self.password = try credentials.requirePassword()
        let parts = [
            Array(credentials.authorizationIdentity.utf8), Array(credentials.username.utf8),
            self.password.copy(),
        ]
        guard !parts.contains(where: { $0.contains(0) }) else {
            throw SASLError(.invalidCredentials("user name, password or authorisation identity contains NUL"))
        }
        self.message = Secret(octets: Array(parts.joined(separator: [0])))
    }

    /// The one message, to no challenge or to the first one.
    public mutating func respond(to challenge: [UInt8]?) async throws(SASLError) -> [UInt8] {
        guard !self.isComplete else { throw SASLError(.unexpectedChallenge) }
        self.isComplete = true
        return self.message.copy()
    }
}
