public import OpenSSLCrypto

/// OAUTHBEARER: OAuth 2.0 token, for a user and a server that may be named (RFC 7628).
///
/// A server that refuses the token says why in a challenge, which is answered by one octet; its text is then in
/// ``failureDetail``.
public struct OAuthBearer: SASLMechanism, BearerMechanism {
    /// `OAUTHBEARER`.
    public var name: String { "OAUTHBEARER" }
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
    /// - Parameters:
    ///   - username: Whom to act as; empty for whom the token was given to.
    ///   - host: Name of the server, as the client was told it.
    ///   - port: Port of the server.
    /// - Throws: ``SASLError`` when the token is empty or contains anything but printable ASCII, or another
    ///   part contains NUL, 0x01, CR or LF.
    public init(username: String, token: Secret, host: String? = nil, port: Int? = nil) throws(SASLError) {
        let identity = username.isEmpty ? "" : "a=\(GS2Header.escaped(username))"
        var fields = ["n,\(identity),"]
        if let host { fields.append("host=\(host)") }
        if let port { fields.append("port=\(port)") }
        self.exchange = try BearerExchange(
            fields: fields,
            token: token,
            answerToRefusal: [BearerExchange.separator]
        )
    }

    /// The token and whom it is for; a single 0x01 in answer to a refusal.
    public mutating func respond(to challenge: [UInt8]?) async throws(SASLError) -> [UInt8] {
        try self.exchange.respond(to: challenge)
    }
}
