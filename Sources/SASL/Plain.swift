/// PLAIN: user name and password in one message (RFC 4616).
public struct Plain: SASLMechanism {
    /// `PLAIN`.
    public static let name = "PLAIN"
    /// True.
    public static let revealsSecret = true
    /// True.
    public static let isClientFirst = true

    private let message: [UInt8]
    /// Whether the message was given out.
    public private(set) var isComplete = false

    /// Makes the mechanism.
    ///
    /// - Parameters:
    ///   - credentials: Neither part may be empty or contain NUL.
    ///   - authorizationIdentity: Whom to act as; empty for the user itself, as servers expect.
    /// - Throws: ``SASLError`` for credentials that PLAIN cannot carry.
    public init(_ credentials: Credentials, authorizationIdentity: String = "") throws(SASLError) {
        let parts = [authorizationIdentity, credentials.username, credentials.password]
        guard !credentials.username.isEmpty, !credentials.password.isEmpty else {
            throw SASLError(.invalidCredentials("user name or password is empty"))
        }
        guard !parts.contains(where: { $0.utf8.contains(0) }) else {
            throw SASLError(.invalidCredentials("user name, password or authorisation identity contains NUL"))
        }
        self.message = Array(parts.map { Array($0.utf8) }.joined(separator: [0]))
    }

    /// The one message, to no challenge or to the first one.
    public mutating func respond(to challenge: [UInt8]?) throws(SASLError) -> [UInt8] {
        guard !self.isComplete else { throw SASLError(.unexpectedChallenge) }
        self.isComplete = true
        return self.message
    }
}
