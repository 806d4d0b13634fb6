/// Which mechanisms may be used, in what order, and on what terms.
public struct AuthenticationPolicy: Sendable, Hashable {
    /// The least that a server must be able to do.
    public enum Strength: Sendable, Hashable {
        /// SCRAM, with channel binding or without: the password is never said.
        case scram
        /// SCRAM with channel binding: the connection has nobody in the middle.
        case scramPlus
    }

    /// Mechanisms that may be used, the preferred first; case does not matter, unknown names are passed over.
    ///
    /// `CRAM-MD5` is known, but weak and not among the default.
    public var mechanisms: [String]
    /// Iteration counts of SCRAM that are taken; default 4096 to 600000.
    public var iterations: ClosedRange<Int>
    /// Channel bindings that may be used, the preferred first.
    public var channelBindings: [ChannelBinding.Kind]
    /// Whether nothing is said without encryption, not even by mechanisms that keep the secret; default false.
    public var requiresEncryption: Bool
    /// Whether another mechanism may try the same password after the server refused it; default false, since
    /// that is how an attacker makes a client use a weaker one.
    public var fallsBackAfterRefusal: Bool
    /// Whether a server that offers no authentication is used without; default false, an error.
    public var authenticatesOnlyIfOffered: Bool

    /// The default terms.
    public static let `default` = AuthenticationPolicy()

    private static let withBinding = ["SCRAM-SHA-512-PLUS", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS"]
    private static let withoutBinding = ["SCRAM-SHA-512", "SCRAM-SHA-256", "SCRAM-SHA-1"]
    private static let others = ["OAUTHBEARER", "XOAUTH2", "EXTERNAL", "PLAIN", "LOGIN", "ANONYMOUS"]

    /// Makes a policy.
    ///
    /// - Parameter mechanisms: Mechanisms that may be used, the preferred first; nil for the default order:
    ///   SCRAM with channel binding, SCRAM, OAUTHBEARER, XOAUTH2, EXTERNAL, PLAIN, LOGIN, ANONYMOUS.
    public init(mechanisms: [String]? = nil) {
        self.mechanisms = mechanisms ?? Self.withBinding + Self.withoutBinding + Self.others
        self.iterations = SCRAM.defaultIterations
        self.channelBindings = [.tlsExporter, .tlsServerEndPoint]
        self.requiresEncryption = false
        self.fallsBackAfterRefusal = false
        self.authenticatesOnlyIfOffered = false
    }

    /// The default terms, with no mechanism below a strength.
    public static func atLeast(_ strength: Strength) -> AuthenticationPolicy {
        switch strength {
        case .scram: AuthenticationPolicy(mechanisms: Self.withBinding + Self.withoutBinding)
        case .scramPlus: AuthenticationPolicy(mechanisms: Self.withBinding)
        }
    }
}
