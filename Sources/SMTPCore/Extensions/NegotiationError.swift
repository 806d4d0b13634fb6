/// Why a message cannot go through this session, found before MAIL was sent.
public struct NegotiationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What stands in the way.
    public enum Reason: Sendable, Hashable {
        /// The server did not offer this extension in its last EHLO reply.
        case notOffered(ExtensionKeyword)
        /// The content has more octets than the server takes (RFC 1870 section 6).
        case messageTooLarge(size: UInt64, limit: UInt64)
        /// REQUIRETLS over a connection that is not encrypted and verified (RFC 8689 section 2).
        case needsVerifiedTLS
    }

    /// What stands in the way.
    public let reason: Reason
    /// What the missing extension is needed for; nil when the caller required it.
    public let need: String?

    init(_ reason: Reason, neededFor need: String? = nil) {
        self.reason = reason
        self.need = need
    }

    /// The reason in words.
    public var description: String {
        switch self.reason {
        case .notOffered(let keyword):
            let base = "the server does not offer \(keyword)"
            return self.need.map { "\(base), which is needed for \($0)" } ?? base
        case .messageTooLarge(let size, let limit):
            return "the message has \(size) octets, the server takes \(limit)"
        case .needsVerifiedTLS:
            return "REQUIRETLS needs an encrypted connection to a verified server"
        }
    }
}
