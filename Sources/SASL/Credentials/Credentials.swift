public import OpenSSLCrypto

/// Who logs in and by what: user name and password, a token, the connection itself, or nobody.
///
/// Printing, dumping or reflecting it shows neither password nor token. Copies share the keys that SCRAM derived
/// from the password, so that connections of a pool do not derive them again.
public struct Credentials: Sendable {
    enum Proof: Sendable, Hashable {
        case password(Secret)
        case token(TokenSource)
        case external
        case anonymous
    }

    /// User name, the authentication identity; for anonymous login the trace.
    public let username: String
    /// Whom to act as; empty for the user itself, as servers expect.
    public let authorizationIdentity: String
    let proof: Proof
    let keys = DerivedKeys()

    private init(username: String, authorizationIdentity: String, proof: Proof) {
        self.username = username
        self.authorizationIdentity = authorizationIdentity
        self.proof = proof
    }

    /// Makes credentials of user name and password.
    ///
    /// - Parameter authorizationIdentity: Whom to act as; empty for the user itself, as servers expect.
    public init(username: String, password: Secret, authorizationIdentity: String = "") {
        self.init(
            username: username,
            authorizationIdentity: authorizationIdentity,
            proof: .password(password)
        )
    }

    /// Makes credentials of user name and password.
    ///
    /// - Parameter authorizationIdentity: Whom to act as; empty for the user itself, as servers expect.
    public init(username: String, password: String, authorizationIdentity: String = "") {
        self.init(
            username: username,
            password: Secret(password),
            authorizationIdentity: authorizationIdentity
        )
    }

    /// Credentials of OAuth 2.0, for OAUTHBEARER and XOAUTH2.
    public static func token(username: String, source: TokenSource) -> Credentials {
        Credentials(username: username, authorizationIdentity: "", proof: .token(source))
    }

    /// Credentials that the connection proves already, as by a client certificate.
    ///
    /// - Parameter authorizationIdentity: Whom to act as; empty for whom the server takes from the connection.
    public static func external(authorizationIdentity: String = "") -> Credentials {
        Credentials(username: "", authorizationIdentity: authorizationIdentity, proof: .external)
    }

    /// No credentials, for servers that let anybody in.
    ///
    /// - Parameter trace: Text for the server's log; up to 255 characters, or empty.
    public static func anonymous(trace: String = "") -> Credentials {
        Credentials(username: trace, authorizationIdentity: "", proof: .anonymous)
    }

    /// The source of tokens, if there is one.
    package var tokenSource: TokenSource? {
        if case .token(let source) = self.proof { source } else { nil }
    }

    /// The password, for a mechanism that needs one and a user name.
    func requirePassword() throws(SASLError) -> Secret {
        guard case .password(let password) = self.proof else {
            throw SASLError(.invalidCredentials("the mechanism needs user name and password"))
        }
        guard !self.username.isEmpty, !password.isEmpty else {
            throw SASLError(.invalidCredentials("user name or password is empty"))
        }
        return password
    }
}

extension Credentials: Hashable {
    /// Whether both log in the same user by the same secret; token sources are the same when they are one object.
    public static func == (first: Credentials, second: Credentials) -> Bool {
        first.username == second.username && first.authorizationIdentity == second.authorizationIdentity
            && first.proof == second.proof
    }

    /// Adds everything but the secret.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.username)
        hasher.combine(self.authorizationIdentity)
        hasher.combine(self.proof)
    }
}

extension Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private var kind: String {
        switch self.proof {
        case .password: "password"
        case .token: "token"
        case .external: "external"
        case .anonymous: "anonymous"
        }
    }

    /// The user name, and a placeholder where there is a secret.
    public var description: String {
        switch self.proof {
        case .password, .token: "Credentials(username: \(self.username), \(self.kind): [redacted])"
        case .external: "Credentials(external, authorizationIdentity: \(self.authorizationIdentity))"
        case .anonymous: "Credentials(anonymous, trace: \(self.username))"
        }
    }

    /// The same as ``description``.
    public var debugDescription: String { self.description }

    /// Shows the identities and the kind of credentials.
    public var customMirror: Mirror {
        Mirror(
            self,
            children: [
                "username": self.username, "authorizationIdentity": self.authorizationIdentity,
                "kind": self.kind,
            ]
        )
    }
}
