/// Why a mechanism cannot begin or go on.
///
/// Never holds a secret of the client; text of a server is escaped and of bounded length.
public struct SASLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public enum Reason: Sendable, Hashable {
        /// The server sent a challenge after the last step.
        case unexpectedChallenge
        /// The challenge breaks the mechanism's grammar.
        case malformedChallenge
        /// User name, password, token or authorisation identity is missing, empty or has an octet or character
        /// the mechanism cannot carry.
        case invalidCredentials(String)
        /// The server says, in the mechanism's own words, that it refuses.
        case rejected(String)
        /// The server could not prove that it knows the user's secret; nothing else it says is to be believed.
        case serverNotAuthentic(String)
        /// The server asks for too few rounds of key derivation to be safe, or for too many to be honest.
        case iterationCount(String)
        /// The caller's source of tokens failed, with an error of the type named.
        case tokenUnavailable(String)
        /// The task was cancelled.
        case cancelled
        /// OpenSSL could not carry out a step.
        case cryptography(String)
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
        case .rejected(let what): "the server refuses: \(what)"
        case .serverNotAuthentic(let what): "the server is not who it claims to be: \(what)"
        case .iterationCount(let count):
            "the server asks for \(count) iterations, which is outside the limits"
        case .tokenUnavailable(let type): "the source of tokens failed with \(type)"
        case .cancelled: "authentication was cancelled"
        case .cryptography(let what): what
        }
    }
}
