package import OpenSSLCrypto

/// A mechanism that shows a token, and hears in words of its own when the token is refused.
package protocol BearerMechanism: SASLMechanism {
    /// The token shown.
    var token: Secret { get }
    /// Whether the server said that it refuses the token, in the challenge that precedes its final reply.
    var tokenWasRefused: Bool { get }
}
