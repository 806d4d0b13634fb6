/// LOGIN, as servers have it without an RFC: two prompts, name and password.
struct LoginMechanism: ServerMechanism {
    let users: [String: String]
    private(set) var user: String?

    init(users: [String: String]) {
        self.users = users
    }

    mutating func step(_ response: [UInt8]?) -> MechanismStep {
        guard let response else { return .challenge(Array("Username:".utf8)) }
        guard let user else {
            self.user = String(decoding: response, as: UTF8.self)
            return .challenge(Array("Password:".utf8))
        }
        return self.users[user].map { response.elementsEqual($0.utf8) } ?? false ? .success : .failure
    }
}
