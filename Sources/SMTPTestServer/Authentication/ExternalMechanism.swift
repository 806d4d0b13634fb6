/// EXTERNAL (RFC 4422 appendix A): the client is whom its certificate names.
///
/// An authorization identity, if there is one, has to be that name.
struct ExternalMechanism: ServerMechanism {
    /// The common name of the client's certificate; nil without one.
    let name: String?
    private(set) var authorizationIdentity: String?

    var user: String? { self.name }

    init(name: String?) {
        self.name = name
    }

    mutating func step(_ response: [UInt8]?) -> MechanismStep {
        guard let response else { return .challenge([]) }
        guard !response.contains(0) else { return .malformed }
        let identity = String(decoding: response, as: UTF8.self)
        self.authorizationIdentity = identity.isEmpty ? nil : identity
        guard let name else { return .failure }
        return identity.isEmpty || identity == name ? .success : .failure
    }
}
