package import OpenSSLCrypto

/// A mechanism that shows a token, and hears in words of its own when the token is refused.
package protocol BearerMechanism: SASLMechanism {
    /// The token shown.
    var token: Secret { get }
    /// Whether the server said, in the challenge that precedes its final reply, that the token's rights are not
    /// enough, so that a new token does not help.
    var lacksScope: Bool { get }
}
