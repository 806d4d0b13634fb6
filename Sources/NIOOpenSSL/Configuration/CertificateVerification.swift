/// How much of the peer's certificate is verified.
public struct CertificateVerification: Sendable, Hashable, CustomStringConvertible {
    private enum Level: UInt8 {
        case full
        case chainOnly
        case insecurelyDisabled
    }

    /// The chain up to a trusted root, and the name the caller connects to (RFC 7817): the default.
    public static let full = CertificateVerification(.full)
    /// The chain alone: whoever holds any certificate of a trusted authority can take the server's place.
    public static let chainOnly = CertificateVerification(.chainOnly)
    /// Nothing: anybody between client and server can take the server's place and read everything.
    ///
    /// Pinned keys and usable DANE records are checked all the same.
    public static let insecurelyDisabled = CertificateVerification(.insecurelyDisabled)

    private let level: Level

    private init(_ level: Level) {
        self.level = level
    }

    /// Whether the chain is verified.
    public var checksChain: Bool { self.level != .insecurelyDisabled }

    /// Whether the name is verified.
    public var checksName: Bool { self.level == .full }

    /// The name of the choice.
    public var description: String {
        switch self.level {
        case .full: "full"
        case .chainOnly: "chain only"
        case .insecurelyDisabled: "insecurely disabled"
        }
    }
}
