/// The client-first-message of SCRAM (RFC 5802 section 7).
struct SCRAMClientFirst: Sendable, Hashable {
    /// What the client says of channel binding.
    enum Binding: Sendable, Hashable {
        /// `n`: it knows none.
        case unsupported
        /// `y`: it knows some, and believes that the server does not.
        case supported
        /// `p`: it binds to the channel in this way.
        case required(String)
    }

    let binding: Binding
    let authorizationIdentity: String?
    /// The gs2-header, its last comma included.
    let header: String
    /// All behind the gs2-header.
    let bare: String
    let user: String
    let nonce: String
    /// Whether it carries `m=`, an extension that no server knows.
    let isExtended: Bool

    /// Reads a message; nil when it is malformed.
    init?(_ octets: [UInt8]) {
        guard let text = String(validating: octets, as: UTF8.self) else { return nil }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count >= 4 else { return nil }
        switch parts[0] {
        case "n": self.binding = .unsupported
        case "y": self.binding = .supported
        case let flag where flag.hasPrefix("p=") && flag.count > 2:
            self.binding = .required(String(flag.dropFirst(2)))
        default: return nil
        }
        if parts[1].isEmpty {
            self.authorizationIdentity = nil
        } else {
            guard parts[1].hasPrefix("a="), let name = SCRAMName.decode(parts[1].dropFirst(2)), !name.isEmpty
            else { return nil }
            self.authorizationIdentity = name
        }
        self.header = "\(parts[0]),\(parts[1]),"
        self.bare = parts[2...].joined(separator: ",")
        self.isExtended = parts[2].hasPrefix("m=")
        let attributes = parts.dropFirst(self.isExtended ? 3 : 2)
        guard attributes.count >= 2, let first = attributes.first, first.hasPrefix("n="),
            let user = SCRAMName.decode(first.dropFirst(2)), !user.isEmpty,
            let second = attributes.dropFirst().first, second.hasPrefix("r=")
        else { return nil }
        self.user = user
        self.nonce = String(second.dropFirst(2))
        guard Self.isNonce(self.nonce) else { return nil }
    }

    /// Printable US-ASCII without comma, at least one.
    private static func isNonce(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ",") }
    }
}
