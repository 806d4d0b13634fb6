/// Whether a mechanism can be used on a connection, and why not.
///
/// Made by the same steps that choose the mechanism of a login.
public struct MechanismVerdict: Sendable, Hashable, CustomStringConvertible {
    /// Why a mechanism is used or not; more may come, so a `switch` needs a default.
    public struct Reason: Sendable, Hashable, CustomStringConvertible {
        /// Name of the reason.
        public let description: String

        private init(_ name: String) {
            self.description = name
        }

        /// Nothing stands in the way.
        public static let usable = Reason("usable")
        /// The server does not offer it on this connection.
        public static let notOffered = Reason("notOffered")
        /// It is none of ``AuthenticationPolicy/mechanisms``.
        public static let notAllowed = Reason("notAllowed")
        /// This library does not know it.
        public static let unknown = Reason("unknown")
        /// It binds the login to the connection, which has nothing to bind to.
        public static let noChannelBinding = Reason("noChannelBinding")
        /// It takes other credentials: a token instead of a password, or no authorization identity.
        public static let credentialsDoNotFit = Reason("credentialsDoNotFit")
        /// The policy wants encryption for every mechanism, and there is none.
        public static let needsEncryption = Reason("needsEncryption")
        /// It would reveal the secret: the connection is not encrypted, or the server not verified.
        public static let revealsSecret = Reason("revealsSecret")
        /// Nothing stands in the way, but there are no credentials.
        public static let noCredentials = Reason("noCredentials")
    }

    /// Name of the mechanism, in upper case.
    public let mechanism: String
    /// Why it can be used or not.
    public let reason: Reason

    package init(_ mechanism: String, _ reason: Reason) {
        self.mechanism = mechanism
        self.reason = reason
    }

    /// Whether it can be used; of several the first is.
    public var isUsable: Bool { self.reason == .usable }

    /// Mechanism and reason in words; the name comes from the server and is not escaped.
    public var description: String { "\(self.mechanism): \(self.explanation)" }

    /// The reason in words.
    public var explanation: String {
        switch self.reason {
        case .usable: "can be used"
        case .notOffered: "the server does not offer it"
        case .notAllowed: "it is not among the mechanisms allowed"
        case .unknown: "it is not known"
        case .noChannelBinding: "the connection has no channel binding"
        case .credentialsDoNotFit: "it takes other credentials"
        case .needsEncryption: "the policy asks for encryption, and there is none"
        case .revealsSecret:
            "it would reveal the secret: the connection is not encrypted, or the server not verified"
        case .noCredentials: "there are no credentials"
        default: self.reason.description
        }
    }
}
