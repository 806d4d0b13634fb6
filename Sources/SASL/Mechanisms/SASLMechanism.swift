public import OpenSSLCrypto

/// One SASL mechanism in one exchange with a server (RFC 4422): challenges in, responses out.
///
/// A mechanism knows nothing of SMTP. Conform a type of your own to add a mechanism:
///
/// ```swift
/// struct Token: SASLMechanism {
///     let name = "X-TOKEN"
///     let revealsSecret = true
///     let isClientFirst = true
///     let token: Secret
///     private(set) var isComplete = false
///     var secrets: [Secret] { [self.token] }
///
///     mutating func respond(to challenge: [UInt8]?) async throws(SASLError) -> [UInt8] {
///         guard !self.isComplete else { throw SASLError(.unexpectedChallenge) }
///         self.isComplete = true
///         return Array("the response".utf8)
///     }
/// }
/// ```
///
/// A mechanism is a value of one exchange: the next exchange begins with a new one.
public protocol SASLMechanism: Sendable {
    /// Registered name: 1 to 20 of A to Z, 0 to 9, hyphen and underscore.
    var name: String { get }
    /// Whether someone who reads the exchange learns the secret; such a mechanism is not used without
    /// encryption unless the caller allows it.
    var revealsSecret: Bool { get }
    /// Whether the client speaks first, so that its first response can go out with the command.
    var isClientFirst: Bool { get }
    /// Whether challenges are only prompts: their content is ignored, and need not be base64.
    var ignoresChallenges: Bool { get }
    /// Whether the mechanism has said and verified all it must; success before that is not believed.
    var isComplete: Bool { get }
    /// Values that no log and no error may show: password or token, and proofs already sent.
    var secrets: [Secret] { get }
    /// What the server said of a refusal in the mechanism's own words, safe to print and of bounded length.
    var failureDetail: String? { get }

    /// The response to a challenge.
    ///
    /// It runs where its caller runs, the event loop of a session: long computations belong elsewhere.
    ///
    /// - Parameter challenge: The decoded challenge; nil when there is none yet, empty when it is empty.
    /// - Throws: ``SASLError`` when the challenge cannot be answered; the exchange is then cancelled.
    mutating func respond(to challenge: [UInt8]?) async throws(SASLError) -> [UInt8]
}

extension SASLMechanism {
    /// False: challenges matter.
    public var ignoresChallenges: Bool { false }
    /// None.
    public var secrets: [Secret] { [] }
    /// Nil.
    public var failureDetail: String? { nil }
}
