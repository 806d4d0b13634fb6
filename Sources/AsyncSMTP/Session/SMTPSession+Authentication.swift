internal import NIOCore
public import SASL
public import SMTPCore

extension SMTPSession {
    /// Steps a SASL exchange may have; a server that goes on is cut off.
    private static var maximumSteps: Int { 10 }

    /// Logs in with the first mechanism that is offered and allowed; smtplib's `login`.
    ///
    /// PLAIN is taken before LOGIN. A refusal of the password, 535, ends it: no other mechanism gets the same
    /// password. Says hello first if that was not done.
    ///
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/authenticationFailed`` and the reply,
    ///   ``SMTPError/Code/noAuthenticationMechanism``, ``SMTPError/Code/authenticationNeedsEncryption``,
    ///   ``SMTPError/Code/invalidArgument`` for credentials no mechanism can carry, or when the connection
    ///   fails.
    public func logIn(_ credentials: Credentials) async throws(SMTPError) {
        try await self.hello()
        let offered = self.extensions.authenticationMechanisms
        var refusal: SMTPError?
        for mechanism in try Self.passwordMechanisms(for: credentials)
        where offered.contains(type(of: mechanism).name) {
            do throws(SMTPError) {
                try await self.authenticate(with: mechanism)
                return
            } catch {
                // The mechanism was refused, not the password (RFC 4954 section 6).
                guard let reply = error.reply, [504, 534].contains(reply.code.value), self.isOpen else {
                    throw error
                }
                refusal = error
            }
        }
        throw refusal ?? self.noMechanism(offered)
    }

    /// Mechanisms that work with a password, the preferred one first.
    private static func passwordMechanisms(
        for credentials: Credentials
    ) throws(SMTPError) -> [any SASLMechanism] {
        do throws(SASLError) {
            return [try Plain(credentials), try Login(credentials)]
        } catch {
            throw SMTPError(.invalidArgument, "\(error)", stage: .authentication, underlying: error)
        }
    }

    private func noMechanism(_ offered: [String]) -> SMTPError {
        let what =
            !self.extensions.offers(.auth)
            ? "the server does not offer AUTH"
            : offered.isEmpty
                ? "the server offers AUTH without a mechanism; it may want encryption first"
                : "the server offers \(offered.joined(separator: ", ")), none of which can be used"
        return SMTPError(.noAuthenticationMechanism, what, stage: .authentication)
    }

    /// Authenticates by one mechanism; smtplib's `auth`.
    ///
    /// Says hello first if that was not done.
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
        try await self.hello()
        let name = type(of: mechanism).name
        guard !self.isAuthenticated else {
            throw SMTPError(.badSequence, "the session is authenticated already", stage: .authentication)
        }
        guard !self.hasManualTransaction else {
            throw SMTPError(.badSequence, "AUTH is not allowed inside a transaction", stage: .authentication)
        }
        guard self.extensions.authenticationMechanisms.contains(name.uppercased()) else {
            throw self.noMechanism(self.extensions.authenticationMechanisms)
        }
        guard !type(of: mechanism).revealsSecret || self.mayRevealSecrets else {
            throw SMTPError(
                .authenticationNeedsEncryption,
                "\(name) would reveal the secret on a connection that is not encrypted",
                stage: .authentication
            )
        }
        try await self.takeTurn(stage: .authentication)
        defer { self.releaseTurn() }
        self.handler.value.allowsLongLines = true
        self.recorder.isRedacting = true
        defer {
            self.handler.value.allowsLongLines = false
            self.recorder.isRedacting = false
        }
        return try await self.converse(mechanism)
    }

    /// Whether a mechanism that reveals the secret may be used: over a Unix socket nobody can listen on the
    /// way.
    private var mayRevealSecrets: Bool {
        if case .unixSocket = self.server.endpoint { return true }
        return self.configuration.allowsPlaintextAuthentication
    }

    private func converse<Mechanism: SASLMechanism>(_ mechanism: Mechanism) async throws(SMTPError) -> Reply {
        var mechanism = mechanism
        var first: [UInt8]?
        if Mechanism.isClientFirst { first = try self.respond(&mechanism, to: nil) }
        let initial = first.flatMap {
            CommandEncoder.fitsInitialResponse($0, mechanism: Mechanism.name) ? $0 : nil
        }
        var held = initial == nil ? first : nil
        let timeout = self.configuration.timeouts.authentication
        var reply = try await self.exchangeInTurn(
            .auth(mechanism: Mechanism.name, initialResponse: initial),
            stage: .authentication,
            timeout: timeout
        )
        var steps = 0
        while reply.code == .challenge {
            steps += 1
            let response: [UInt8]
            if let first = held {
                // Too long for the command line: it answers the first, empty challenge (RFC 4954 section 4).
                held = nil
                response = first
            } else {
                do throws(SMTPError) {
                    guard steps <= Self.maximumSteps else {
                        throw self.failed(SASLError(.unexpectedChallenge))
                    }
                    response = try self.respond(
                        &mechanism,
                        to: try self.challenge(reply, for: Mechanism.self)
                    )
                } catch {
                    try await self.cancelAuthentication()
                    throw error
                }
            }
            var line = ByteBuffer()
            CommandEncoder().encodeResponse(response, into: &line)
            reply = try await self.exchangeInTurn(line, stage: .authentication, timeout: timeout)
        }
        guard reply.code.isPositive else {
            throw SMTPError(
                reply.announcesClosing ? .serverClosing : .authenticationFailed,
                "the server refuses \(Mechanism.name)",
                stage: .authentication,
                reply: reply
            )
        }
        guard mechanism.isComplete else {
            // Success before the mechanism has proved all it must is somebody else's success.
            self.abandon(.closedLocally)
            throw self.failed(
                SASLError(.rejected("the server reported success before \(Mechanism.name) was complete"))
            )
        }
        self.isAuthenticated = true
        return reply
    }

    private func challenge<Mechanism: SASLMechanism>(
        _ reply: Reply,
        for mechanism: Mechanism.Type
    ) throws(SMTPError) -> [UInt8] {
        if Mechanism.ignoresChallenges { return [] }
        guard let challenge = Base64.decode(reply.rawText) else {
            throw self.failed(SASLError(.malformedChallenge))
        }
        return challenge
    }

    private func respond<Mechanism: SASLMechanism>(
        _ mechanism: inout Mechanism,
        to challenge: [UInt8]?
    ) throws(SMTPError) -> [UInt8] {
        do throws(SASLError) {
            return try mechanism.respond(to: challenge)
        } catch {
            throw self.failed(error)
        }
    }

    /// Sends `*` and reads the refusal the server owes for it.
    private func cancelAuthentication() async throws(SMTPError) {
        let reply = try await self.exchangeInTurn(
            ByteBuffer(string: "*\r\n"),
            stage: .authentication,
            timeout: self.configuration.timeouts.authentication
        )
        if !reply.code.isNegative { self.abandon(.closedLocally) }
    }

    private func failed(_ error: SASLError) -> SMTPError {
        SMTPError(.authenticationFailed, "\(error)", stage: .authentication, underlying: error)
    }
}
