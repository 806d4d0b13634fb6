public import OpenSSLCrypto

/// XOAUTH2: user name and OAuth 2.0 token, as Google and Microsoft have it.
///
/// A server that refuses the token says why in a challenge, which is answered by an empty line; its text is then
/// in ``failureDetail``.
public struct XOAUTH2: SASLMechanism, BearerMechanism {
    /// `XOAUTH2`.
    public var name: String { "XOAUTH2" }
    /// True.
    public var revealsSecret: Bool { true }
    /// True.
    public var isClientFirst: Bool { true }
    /// Whether the message was given out and no refusal came.
    public var isComplete: Bool { self.exchange.isComplete }
    /// The token and the whole message.
    public var secrets: [Secret] { [self.exchange.token, self.exchange.message] }
    /// The server's JSON text about a refusal, escaped, up to 500 characters.
    public var failureDetail: String? { self.exchange.failureDetail }

    package var token: Secret { self.exchange.token }
    package var lacksScope: Bool { self.exchange.lacksScope }

    private var exchange: BearerExchange

    /// Makes the mechanism.
    ///
    /// - Throws: ``SASLError`` when user name or token is empty, when the user name contains NUL, 0x01, CR or
    ///   LF, or the token anything but printable ASCII.
    public init(username: String, token: Secret) throws(SASLError) {
        guard !username.isEmpty else { throw SASLError(.invalidCredentials("the user name is empty")) }
        self.exchange = try BearerExchange(fields: ["user=\(username)"], token: token, answerToRefusal: [])
    }

    /// User name and token; nothing in answer to a refusal.
    public mutating func respond(to challenge: [UInt8]?) async throws(SASLError) -> [UInt8] {
        try self.exchange.respond(to: challenge)
    }
}
