internal import NIOCore
internal import NIOOpenSSL
internal import OpenSSLCrypto
public import SASL
public import SMTPCore

extension SMTPSession {
    /// Logs in with the strongest mechanism that is offered and allowed; smtplib's `login`.
    ///
    /// ``SMTPConfiguration/authentication`` says which are allowed, and in which order. A refusal of the
    /// password, 535, ends it: no other mechanism gets the same password, unless the policy says so. A
    /// mechanism that the server refuses as such, 504 or 534, makes way for the next; where somebody in the middle
    /// may have a certificate that is accepted, ``SASL/AuthenticationPolicy/atLeast(_:)`` with channel binding
    /// keeps him from refusing the strong ones. A refused token is
    /// fetched anew once. Says hello first, and encrypts the connection as the server's mode asks, if that was
    /// not done.
    ///
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/authenticationFailed`` and the reply,
    ///   ``SMTPError/Code/noAuthenticationMechanism``, ``SMTPError/Code/authenticationNeedsEncryption``,
    ///   ``SMTPError/Code/invalidArgument`` for credentials no mechanism can carry,
    ///   ``SMTPError/Code/badSequence`` when already authenticated, or when the connection fails.
    public func logIn(_ credentials: Credentials) async throws(SMTPError) {
        try await self.takeTurn(stage: .authentication)
        defer { self.releaseTurn() }
        try await self.helloInTurn()
        try self.checkSequence()
        let policy = self.configuration.authentication
        if policy.authenticatesOnlyIfOffered, !self.extensions.offers(.auth) { return }
        let choice = policy.candidates(
            offered: self.extensions.authenticationMechanisms,
            credentials: credentials,
            environment: self.environment
        )
        var refusal: SMTPError?
        for candidate in choice.candidates {
            do throws(SMTPError) {
                return try await self.logIn(by: candidate)
            } catch {
                guard self.isOpen, let code = error.reply?.code.value,
                    // The mechanism was refused, not the password (RFC 4954 section 6).
                    [504, 534].contains(code) || (code == 535 && policy.fallsBackAfterRefusal)
                else { throw error }
                refusal = error
            }
        }
        throw refusal ?? self.noMechanism(choice)
    }

    private func logIn(by candidate: Candidate) async throws(SMTPError) {
        var mechanism = try await Self.made { () throws(SASLError) in try await candidate.make() }
        do throws(SMTPError) {
            try await self.converse(&mechanism)
        } catch {
            guard self.isOpen, let code = error.reply?.code.value else { throw error }
            if candidate.name == "PLAIN", [500, 501].contains(code) {
                // Some servers know PLAIN without an initial response only.
                var again = try await Self.made { () throws(SASLError) in try await candidate.make() }
                try await self.converse(&again, allowsInitialResponse: false)
            } else if code == 535,
                var again = try await Self.made({ () throws(SASLError) in
                    try await candidate.make(insteadOf: mechanism)
                })
            {
                try await self.converse(&again)
            } else {
                throw error
            }
        }
    }

    private static func made<Mechanism>(
        _ make: () async throws(SASLError) -> Mechanism
    ) async throws(SMTPError) -> Mechanism {
        do throws(SASLError) {
            return try await make()
        } catch {
            switch error.reason {
            case .cancelled: throw SMTPError(ConnectionFailure.cancelled, stage: .authentication)
            case .invalidCredentials:
                throw SMTPError(.invalidArgument, "\(error)", stage: .authentication, underlying: error)
            default:
                throw SMTPError(.authenticationFailed, "\(error)", stage: .authentication, underlying: error)
            }
        }
    }

    private func noMechanism(_ choice: AuthenticationPolicy.Choice) -> SMTPError {
        let offered = self.extensions.authenticationMechanisms
        if choice.refusal == .needsEncryption {
            return SMTPError(
                .authenticationNeedsEncryption,
                "what the server offers, \(offered.joined(separator: ", ")), needs \(self.isEncrypted ? "a verified server" : "an encrypted connection")",
                stage: .authentication
            )
        }
        return self.noMechanism
    }

    private var noMechanism: SMTPError {
        let offered = self.extensions.authenticationMechanisms
        let what =
            !self.extensions.offers(.auth)
            ? "the server does not offer AUTH"
            : offered.isEmpty
                ? "the server offers AUTH without a mechanism; it may want encryption first"
                : "the server offers \(offered.joined(separator: ", ")), none of which can be used"
        return SMTPError(
            .noAuthenticationMechanism,
            PrintableText.escape(what),
            stage: .authentication
        )
    }

    /// Authenticates by one mechanism; smtplib's `auth`.
    ///
    /// Says hello first, and encrypts the connection as the server's mode asks, if that was not done.
    ///
    /// - Parameter mechanism: A mechanism of this library or of the caller; it must be offered.
    /// - Returns: The reply, 235.
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/authenticationFailed`` and the reply or the mechanism's
    ///   own error, ``SMTPError/Code/noAuthenticationMechanism`` when it is not offered,
    ///   ``SMTPError/Code/authenticationNeedsEncryption`` when it reveals the secret and the configuration
    ///   does not allow that, ``SMTPError/Code/badSequence`` when already authenticated, or when the
    ///   connection fails.
    @discardableResult
    public func authenticate(with mechanism: some SASLMechanism) async throws(SMTPError) -> Reply {
        try await self.takeTurn(stage: .authentication)
        defer { self.releaseTurn() }
        try await self.helloInTurn()
        try self.checkSequence()
        guard self.extensions.authenticationMechanisms.contains(mechanism.name.uppercased()) else {
            throw self.noMechanism
        }
        let environment = self.environment
        let needsEncryption = self.configuration.authentication.requiresEncryption && !environment.isEncrypted
        guard !needsEncryption, !mechanism.revealsSecret || environment.allowsRevealing else {
            throw SMTPError(
                .authenticationNeedsEncryption,
                "\(mechanism.name) needs \(self.isEncrypted ? "a verified server" : "an encrypted connection")",
                stage: .authentication
            )
        }
        var mechanism = mechanism
        return try await self.converse(&mechanism)
    }

    /// What becomes of each SASL mechanism in ``logIn(_:)``: those that the configuration allows, the preferred
    /// first, then those that the server offers besides.
    ///
    /// The first that ``SASL/MechanismVerdict/isUsable`` is tried first. It is a matter of what is known after
    /// ``hello()``, which encrypts the connection where the server's mode asks for it; before, nothing is offered.
    ///
    /// - Parameter credentials: Nil tells what stands in the way besides.
    public func mechanismVerdicts(for credentials: Credentials?) -> [MechanismVerdict] {
        self.configuration.authentication.verdicts(
            offered: self.extensions.authenticationMechanisms,
            credentials: credentials,
            environment: self.environment
        )
    }

    private func checkSequence() throws(SMTPError) {
        guard !self.isAuthenticated else {
            throw SMTPError(.badSequence, "the session is authenticated already", stage: .authentication)
        }
        guard !self.hasManualTransaction else {
            throw SMTPError(.badSequence, "AUTH is not allowed inside a transaction", stage: .authentication)
        }
    }

    /// What the connection is like, as far as it matters to the choice of a mechanism.
    private var environment: AuthenticationPolicy.Environment {
        let isLocal = if case .unixSocket = self.server.endpoint { true } else { false }
        var bindings: [ChannelBinding] = []
        if let octets = self.tls?.exporterBinding {
            bindings.append(ChannelBinding(kind: .tlsExporter, data: octets))
        }
        if let octets = self.tls?.serverEndPointBinding {
            bindings.append(ChannelBinding(kind: .tlsServerEndPoint, data: octets))
        }
        let port: Int? = if case .host(_, let port) = self.server.endpoint { port } else { nil }
        return AuthenticationPolicy.Environment(
            // Over a Unix socket nobody can listen on the way.
            allowsRevealing: isLocal || self.tls?.isVerified ?? false
                || self.configuration.allowsPlaintextAuthentication,
            isEncrypted: isLocal || self.isEncrypted,
            bindings: bindings,
            host: self.server.certificateName,
            port: port
        )
    }
}
