internal import OpenSSLCrypto

/// A mechanism that may be tried, not yet made.
package struct Candidate: Sendable {
    /// How a mechanism is carried out.
    package enum Plan: Sendable, Hashable {
        /// ``Plain``.
        case plain
        /// ``Login``.
        case login
        /// ``CRAMMD5``.
        case cramMD5
        /// ``SCRAM`` with hash function and channel binding.
        case scram(SCRAM.Hash, SCRAM.Binding)
        /// ``XOAUTH2``.
        case xoauth2
        /// ``OAuthBearer``.
        case oauthBearer
        /// ``External``.
        case external
        /// ``Anonymous``.
        case anonymous

        /// Whether someone who reads the exchange learns the secret.
        package var revealsSecret: Bool {
            switch self {
            case .plain, .login, .xoauth2, .oauthBearer: true
            case .cramMD5, .scram, .external, .anonymous: false
            }
        }
    }

    /// Name of the mechanism, in upper case.
    package let name: String
    /// How it is carried out.
    package let plan: Plan
    let credentials: Credentials
    let iterations: ClosedRange<Int>
    let host: String?
    let port: Int?

    /// The mechanism, with the token that is kept or a new one.
    ///
    /// - Throws: ``SASLError`` for credentials that the mechanism cannot carry, or when no token is to be had.
    package func make() async throws(SASLError) -> any SASLMechanism {
        switch self.plan {
        case .plain: return try Plain(self.credentials)
        case .login: return try Login(self.credentials)
        case .cramMD5: return try CRAMMD5(self.credentials)
        case .scram(let hash, let binding):
            return try SCRAM(self.credentials, hash: hash, binding: binding, iterations: self.iterations)
        case .xoauth2, .oauthBearer:
            guard let source = self.credentials.tokenSource else {
                throw SASLError(.invalidCredentials("the mechanism needs a token"))
            }
            let token = try await Self.fetched { try await source.token() }
            return try self.bearer(token)
        case .external:
            return try External(authorizationIdentity: self.credentials.authorizationIdentity)
        case .anonymous: return try Anonymous(trace: self.credentials.username)
        }
    }

    /// The same mechanism with a new token, after the server refused the one of `refused`.
    ///
    /// - Returns: Nil when a new token cannot help: the mechanism shows none, it lacks rights, or there is no other.
    /// - Throws: ``SASLError`` when the source of tokens fails.
    package func make(
        insteadOf refused: any SASLMechanism
    ) async throws(SASLError) -> (any SASLMechanism)? {
        guard let source = self.credentials.tokenSource, let refused = refused as? any BearerMechanism,
            !refused.lacksScope
        else { return nil }
        let rejected = refused.token
        guard let token = try await Self.fetched({ try await source.refresh(rejected: rejected) }) else {
            return nil
        }
        return try self.bearer(token)
    }

    private func bearer(_ token: Secret) throws(SASLError) -> any SASLMechanism {
        if self.plan == .xoauth2 { return try XOAUTH2(username: self.credentials.username, token: token) }
        return try OAuthBearer(
            username: self.credentials.username,
            token: token,
            host: self.host,
            port: self.port
        )
    }

    private static func fetched<Value: Sendable>(
        _ fetch: @Sendable () async throws -> Value
    ) async throws(SASLError) -> Value {
        do {
            return try await fetch()
        } catch is CancellationError {
            throw SASLError(.cancelled)
        } catch {
            // The error is the caller's, and may hold anything: only its type is told.
            throw SASLError(.tokenUnavailable("\(type(of: error))"))
        }
    }
}
