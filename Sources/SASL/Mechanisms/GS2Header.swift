/// What a client says of channel binding and of whom it acts as, before anything else (RFC 5801 section 4).
struct GS2Header: Sendable {
    let text: String

    /// Makes the header.
    ///
    /// - Throws: ``SASLError`` for an authorisation identity with NUL.
    init(binding: SCRAM.Binding, authorizationIdentity: String) throws(SASLError) {
        guard !authorizationIdentity.utf8.contains(0) else {
            throw SASLError(.invalidCredentials("the authorisation identity contains NUL"))
        }
        let flag =
            switch binding {
            case .unsupported: "n"
            case .notOffered: "y"
            case .bound(let binding): "p=\(binding.kind.rawValue)"
            }
        let identity = authorizationIdentity.isEmpty ? "" : "a=\(Self.escaped(authorizationIdentity))"
        self.text = "\(flag),\(identity),"
    }

    /// A name in which neither comma nor equals sign stands for itself (RFC 5801 section 4, `saslname`).
    static func escaped(_ name: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in name.unicodeScalars {
            switch scalar {
            case ",": result.append(contentsOf: "=2C".unicodeScalars)
            case "=": result.append(contentsOf: "=3D".unicodeScalars)
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
