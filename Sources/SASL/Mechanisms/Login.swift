public import OpenSSLCrypto

/// LOGIN: user name and password in answer to two prompts, whatever they say.
///
/// Never standardised, but the only mechanism of some services. The first challenge is answered by the user
/// name, the second by the password; prompts differ from server to server and are ignored.
public struct Login: SASLMechanism {
    /// `LOGIN`.
    public var name: String { "LOGIN" }
    /// True.
    public var revealsSecret: Bool { true }
    /// False: many servers do not take an initial response.
    public var isClientFirst: Bool { false }
    /// True.
    public var ignoresChallenges: Bool { true }
    /// The password.
    public var secrets: [Secret] { [self.password] }

    private enum Step {
        case username, password, done
    }

    private let username: String
    private let password: Secret
    private var step = Step.username
    /// Whether both answers were given.
    public var isComplete: Bool { self.step == .done }

    /// Makes the mechanism.
    ///
    /// - Throws: ``SASLError`` when user name or password is empty, or for an authorisation identity, which
    ///   LOGIN cannot carry.
    public init(_ credentials: Credentials) throws(SASLError) {
        self.username = credentials.username
        self.password = try credentials.requirePassword()
        guard credentials.authorizationIdentity.isEmpty else {
            throw SASLError(.invalidCredentials("LOGIN has no authorisation identity"))
        }
    }

    /// User name, then password.
    public mutating func respond(to challenge: [UInt8]?) async throws(SASLError) -> [UInt8] {
        switch self.step {
        case .username:
            self.step = .password
            return Array(self.username.utf8)
        case .password:
            self.step = .done
            return self.password.copy()
        case .done:
            throw SASLError(.unexpectedChallenge)
        }
    }
}
