/// PLAIN (RFC 4616).
///
/// An authorization identity is taken whoever it is, and recorded.
struct PlainMechanism: ServerMechanism {
    let users: [String: String]
    private(set) var user: String?
    private(set) var authorizationIdentity: String?

    init(users: [String: String]) {
        self.users = users
    }

    mutating func step(_ response: [UInt8]?) -> MechanismStep {
        guard let response else { return .challenge([]) }
        let parts = response.split(separator: 0, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return .malformed }
        let user = String(decoding: parts[1], as: UTF8.self)
        self.user = user
        self.authorizationIdentity = parts[0].isEmpty ? nil : String(decoding: parts[0], as: UTF8.self)
        return self.users[user].map { parts[2].elementsEqual($0.utf8) } ?? false ? .success : .failure
    }
}
