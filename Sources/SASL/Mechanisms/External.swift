/// EXTERNAL: the identity that the connection already proves, as by a client certificate (RFC 4422 appendix A).
public struct External: SASLMechanism {
    /// `EXTERNAL`.
    public var name: String { "EXTERNAL" }
    /// False.
    public var revealsSecret: Bool { false }
    /// True.
    public var isClientFirst: Bool { true }

    private let message: [UInt8]
    /// Whether the message was given out.
    public private(set) var isComplete = false

    /// Makes the mechanism.
    ///
    /// - Parameter authorizationIdentity: Whom to act as; empty for whom the server takes from the connection.
    /// - Throws: ``SASLError`` when it contains NUL.
    public init(authorizationIdentity: String = "") throws(SASLError) {
        guard !authorizationIdentity.utf8.contains(0) else {
            throw SASLError(.invalidCredentials("the authorisation identity contains NUL"))
        }
        self.message = Array(authorizationIdentity.utf8)
    }

    /// The authorisation identity, often empty, to no challenge or to the first one.
    public mutating func respond(to challenge: [UInt8]?) async throws(SASLError) -> [UInt8] {
        guard !self.isComplete else { throw SASLError(.unexpectedChallenge) }
        self.isComplete = true
        return self.message
    }
}
