/// Why a mechanism cannot begin or go on.
///
/// Never holds a secret.
public struct SASLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public enum Reason: Sendable, Hashable {
        /// The server sent a challenge after the last step.
        case unexpectedChallenge
        /// The challenge breaks the mechanism's grammar.
        case malformedChallenge
        /// User name, password or authorisation identity is empty or has an octet the mechanism cannot carry.
        case invalidCredentials(String)
        /// The server could not prove who it is, or the mechanism says that it refused.
        case rejected(String)
    }

    /// What is wrong.
    public let reason: Reason

    /// Makes an error.
    public init(_ reason: Reason) {
        self.reason = reason
    }

    /// The reason in words.
    public var description: String {
        switch self.reason {
        case .unexpectedChallenge: "the server sent a challenge after the last step"
        case .malformedChallenge: "the server's challenge is malformed"
        case .invalidCredentials(let what): what
        case .rejected(let what): what
        }
    }
}
