/// XOAUTH2 (Google and Microsoft) and OAUTHBEARER (RFC 7628): bearer tokens.
///
/// A bad token gets the error in JSON as a challenge, and fails when the client has answered that as its
/// mechanism asks for: with nothing, or with one U+0001 (RFC 7628 section 3.2.3).
struct BearerMechanism: ServerMechanism {
    enum Kind: Sendable {
        case xoauth2
        case oauthbearer
    }

    private static let separator: UInt8 = 1

    let kind: Kind
    let tokens: [String: String]
    private(set) var user: String?
    private var isRefused = false

    init(_ kind: Kind, tokens: [String: String]) {
        self.kind = kind
        self.tokens = tokens
    }

    mutating func step(_ response: [UInt8]?) -> MechanismStep {
        guard let response else { return .challenge([]) }
        if self.isRefused {
            return response == (self.kind == .xoauth2 ? [] : [Self.separator]) ? .failure : .malformed
        }
        guard let token = self.read(response) else { return .malformed }
        if self.user == nil {
            self.user = self.tokens.first { $0.value == token }?.key
        }
        if let user, self.tokens[user] == token {
            return .success
        }
        self.isRefused = true
        return .challenge(Array(self.refusal.utf8))
    }

    private var refusal: String {
        switch self.kind {
        case .xoauth2: #"{"status":"401","schemes":"bearer","scope":"mail"}"#
        case .oauthbearer: #"{"status":"invalid_token","scope":"mail"}"#
        }
    }

    /// The token; nil when the response is malformed.
    private mutating func read(_ response: [UInt8]) -> String? {
        // Each pair ends with the separator, and one more ends the list.
        guard response.suffix(2) == [Self.separator, Self.separator] else { return nil }
        var parts = response.dropLast(2).split(separator: Self.separator, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard !parts.isEmpty else { return nil }
        let head = parts.removeFirst()
        switch self.kind {
        case .xoauth2:
            guard head.hasPrefix("user="), parts.count == 1 else { return nil }
            self.user = String(head.dropFirst(5))
        case .oauthbearer:
            let header = head.split(separator: ",", omittingEmptySubsequences: false)
            guard header.count == 3, ["n", "y"].contains(header[0]), header[2].isEmpty else { return nil }
            guard header[1].isEmpty || header[1].hasPrefix("a=") else { return nil }
            guard let name = SCRAMName.decode(header[1].dropFirst(2)) else { return nil }
            self.user = name.isEmpty ? nil : name
        }
        let scheme = "auth=bearer "
        guard let pair = parts.first(where: { $0.lowercased().hasPrefix(scheme) }) else { return nil }
        return String(pair.dropFirst(scheme.count))
    }
}
