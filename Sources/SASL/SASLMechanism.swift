/// One SASL mechanism in one exchange with a server (RFC 4422): challenges in, responses out.
///
/// A mechanism knows nothing of SMTP. Conform a type of your own to add a mechanism:
///
/// ```swift
/// struct Token: SASLMechanism {
///     static let name = "X-TOKEN"
///     static let revealsSecret = true
///     static let isClientFirst = true
///     let token: [UInt8]
///     private(set) var isComplete = false
///
///     mutating func respond(to challenge: [UInt8]?) throws(SASLError) -> [UInt8] {
///         guard !self.isComplete else { throw SASLError(.unexpectedChallenge) }
///         self.isComplete = true
///         return self.token
///     }
/// }
/// ```
public protocol SASLMechanism: Sendable {
    /// Registered name: 1 to 20 of A to Z, 0 to 9, hyphen and underscore.
    static var name: String { get }
    /// Whether someone who reads the exchange learns the secret; such a mechanism is not used without
    /// encryption unless the caller allows it.
    static var revealsSecret: Bool { get }
    /// Whether the client speaks first, so that its first response can go out with the command.
    static var isClientFirst: Bool { get }
    /// Whether challenges are only prompts: their content is ignored, and need not be base64.
    static var ignoresChallenges: Bool { get }

    /// The response to a challenge.
    ///
    /// - Parameter challenge: The decoded challenge; nil when there is none yet, empty when it is empty.
    /// - Throws: ``SASLError`` when the challenge cannot be answered; the exchange is then cancelled.
    mutating func respond(to challenge: [UInt8]?) throws(SASLError) -> [UInt8]

    /// Whether the mechanism has said and verified all it must; success before that is not believed.
    var isComplete: Bool { get }
}

extension SASLMechanism {
    /// False: challenges matter.
    public static var ignoresChallenges: Bool { false }
}
