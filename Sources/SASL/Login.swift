/// LOGIN: user name and password in answer to two prompts, whatever they say.
///
/// Never standardised, but the only mechanism of some services. The first challenge is answered by the user
/// name, the second by the password; prompts differ from server to server and are ignored.
public struct Login: SASLMechanism {
    /// `LOGIN`.
    public static let name = "LOGIN"
    /// True.
    public static let revealsSecret = true
    /// False: many servers do not take an initial response.
    public static let isClientFirst = false
    /// True.
    public static let ignoresChallenges = true

    private var answers: [[UInt8]]
    /// Whether both answers were given.
    public var isComplete: Bool { self.answers.isEmpty }

    /// Makes the mechanism.
    ///
    /// - Throws: ``SASLError`` when user name or password is empty.
    public init(_ credentials: Credentials) throws(SASLError) {
        guard !credentials.username.isEmpty, !credentials.password.isEmpty else {
            throw SASLError(.invalidCredentials("user name or password is empty"))
        }
        self.answers = [Array(credentials.username.utf8), Array(credentials.password.utf8)]
    }

    /// User name, then password.
    public mutating func respond(to challenge: [UInt8]?) throws(SASLError) -> [UInt8] {
        guard !self.answers.isEmpty else { throw SASLError(.unexpectedChallenge) }
        return self.answers.removeFirst()
    }
}
