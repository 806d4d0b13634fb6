internal import NIOCore
internal import OpenSSLCrypto
internal import SASL
internal import SMTPCore
internal import TransferEncoding

/// One AUTH command with its challenges and responses (RFC 4954 section 4).
extension SMTPSession {
    /// Steps a SASL exchange may have; a server that goes on is cut off.
    private static var maximumSteps: Int { 10 }

    /// Leads one exchange, inside the turn.
    ///
    /// - Parameter allowsInitialResponse: Whether the first response may share the line of the command.
    /// - Returns: The reply, 235.
    @discardableResult
    func converse(
        _ mechanism: inout some SASLMechanism,
        allowsInitialResponse: Bool = true
    ) async throws(SMTPError) -> Reply {
        self.handler.value.allowsLongLines = true
        self.recorder.isRedacting = true
        defer {
            // A line behind the final reply may repeat the password as well as the reply itself.
            if let failure = self.handler.value.failure {
                self.abandon(failure.redacting(self.recorder.secrets))
            }
            self.handler.value.allowsLongLines = false
            self.recorder.isRedacting = false
            self.recorder.secrets = []
        }
        let reply: Reply
        do throws(SMTPError) {
            reply = try await self.exchange(with: &mechanism, allowsInitialResponse: allowsInitialResponse)
        } catch {
            throw error.redacting(self.recorder.secrets)
        }
        guard reply.code.isPositive else {
            // Only a refusal leaves both sides in step.
            if !reply.code.isNegative { self.abandon(.closedLocally) }
            let detail = mechanism.failureDetail
            throw SMTPError(
                reply.announcesClosing ? .serverClosing : .authenticationFailed,
                "the server refuses \(mechanism.name)\(detail.map { ": \($0)" } ?? "")",
                stage: .authentication,
                reply: reply.redacting(self.recorder.secrets),
                underlying: detail.map { SASLError(.rejected($0)) }
            )
        }
        guard mechanism.isComplete else {
            // Success before the mechanism has proved all it must is somebody else's success.
            self.abandon(.closedLocally)
            throw self.failed(
                SASLError(.rejected("the server reported success before \(mechanism.name) was complete"))
            )
        }
        self.isAuthenticated = true
        return reply
    }

    private func exchange<Mechanism: SASLMechanism>(
        with mechanism: inout Mechanism,
        allowsInitialResponse: Bool
    ) async throws(SMTPError) -> Reply {
        var first: [UInt8]?
        if mechanism.isClientFirst { first = try await self.respond(&mechanism, to: nil) }
        let name = mechanism.name
        let initial = first.flatMap {
            allowsInitialResponse && CommandEncoder.fitsInitialResponse($0, mechanism: name) ? $0 : nil
        }
        var held = initial == nil ? first : nil
        let timeout = self.configuration.timeouts.authentication
        var reply = try await self.exchangeInTurn(
            .auth(mechanism: name, initialResponse: initial),
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
                    response = try await self.respond(
                        &mechanism,
                        to: try self.challenge(reply, for: mechanism)
                    )
                } catch {
                    try await self.giveUpAuthentication(error)
                    throw error
                }
            }
            var line = ByteBuffer()
            CommandEncoder().encodeResponse(response, into: &line)
            reply = try await self.exchangeInTurn(line, stage: .authentication, timeout: timeout)
        }
        return reply
    }

    private func challenge(_ reply: Reply, for mechanism: some SASLMechanism) throws(SMTPError) -> [UInt8] {
        if mechanism.ignoresChallenges { return [] }
        guard let challenge = Base64.decode(reply.rawText) else {
            throw self.failed(SASLError(.malformedChallenge))
        }
        return challenge
    }

    /// The mechanism's response; what it must keep secret is kept out of replies and transcript from then on.
    private func respond<Mechanism: SASLMechanism>(
        _ mechanism: inout Mechanism,
        to challenge: [UInt8]?
    ) async throws(SMTPError) -> [UInt8] {
        do throws(SASLError) {
            let response = try await mechanism.respond(to: challenge)
            self.keepSecret(response, mechanism.secrets)
            return response
        } catch {
            throw self.failed(error)
        }
    }

    private func keepSecret(_ response: [UInt8], _ secrets: [Secret]) {
        let octets = secrets.map { $0.copy() }
        var hidden = Set(self.recorder.secrets).union(octets)
        for octets in octets + [response] { hidden.insert(Array(Base64.encode(octets).utf8)) }
        // One that holds another is taken out first.
        self.recorder.secrets = hidden.sorted { $0.count > $1.count }
    }

    /// Ends an exchange the mechanism cannot go on with.
    private func giveUpAuthentication(_ error: SMTPError) async throws(SMTPError) {
        if let error = error.underlying as? SASLError, case .serverNotAuthentic = error.reason {
            // Whoever cannot prove to know the password gets nothing more.
            self.abandon(.closedLocally)
        } else if self.isOpen {
            try await self.cancelAuthentication()
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
        if error.reason == .cancelled {
            return SMTPError(ConnectionFailure.cancelled, stage: .authentication)
        }
        return SMTPError(.authenticationFailed, "\(error)", stage: .authentication, underlying: error)
    }
}
