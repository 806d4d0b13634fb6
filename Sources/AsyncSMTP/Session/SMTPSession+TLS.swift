internal import NIOCore
internal import NIOOpenSSL
public import SMTPCore

extension SMTPSession {
    /// Whether the connection is encrypted; told by the TLS connection itself, not by a flag.
    public var isEncrypted: Bool { self.tls != nil }

    /// Sends STARTTLS, encrypts the connection and says hello again; smtplib's `starttls` (RFC 3207).
    ///
    /// Needed only with servers whose mode is ``TLSMode/plaintext``: with the other modes ``hello()``, which
    /// everything calls that needs it, has encrypted the connection already. Says hello first if that was not
    /// done. What the server said in clear, its greeting, its extensions and a login, is forgotten.
    ///
    /// - Returns: The reply to STARTTLS, 220.
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/startTLSUnavailable`` where the server does not offer it
    ///   or answers anything but 220; the connection stays in clear then, and open where the server is still in
    ///   step. ``SMTPError/Code/tlsFailed``, ``SMTPError/Code/certificateRejected`` or
    ///   ``SMTPError/Code/unexpectedPlaintextBeforeTLS`` where TLS fails, ``SMTPError/Code/disconnected`` or
    ///   ``SMTPError/Code/timedOut`` where the handshake does not come to its end; the connection is closed then.
    ///   ``SMTPError/Code/badSequence`` where the connection is encrypted already, or inside a transaction.
    @discardableResult
    public func startTLS() async throws(SMTPError) -> Reply {
        try await self.takeTurn(stage: .tls)
        defer { self.releaseTurn() }
        guard !self.isEncrypted else {
            throw SMTPError(.badSequence, "the connection is encrypted already", stage: .tls)
        }
        guard !self.hasManualTransaction else {
            throw SMTPError(.badSequence, "STARTTLS is not allowed inside a transaction", stage: .tls)
        }
        if !self.speaksESMTP { try await self.greetInTurn(allowsHELO: false) }
        let reply = try await self.startTLSInTurn()
        try await self.greetInTurn(allowsHELO: false)
        return reply
    }

    /// Encrypts the connection as the mode of the server asks, inside an exchange that has the turn.
    ///
    /// A connection that must be encrypted and cannot be is closed without another octet.
    func encryptInTurn() async throws(SMTPError) {
        let isRequired = self.server.tls == .startTLS
        guard isRequired || self.extensions.offers(.startTLS) else {
            self.gaveUpTLS = true
            return
        }
        do throws(SMTPError) {
            try await self.startTLSInTurn()
        } catch {
            if isRequired { self.abandon(.closedLocally) }
            // Refused, and nothing lost yet: in clear, as the mode allows.
            guard !isRequired, error.code == .startTLSUnavailable, self.isOpen else { throw error }
            self.gaveUpTLS = true
            return
        }
        // Servers that want a second hello refuse everything else (RFC 3207 section 4.2).
        try await self.greetInTurn(allowsHELO: false)
    }

    @discardableResult
    private func startTLSInTurn() async throws(SMTPError) -> Reply {
        guard self.extensions.offers(.startTLS) else {
            throw SMTPError(
                .startTLSUnavailable,
                "the server does not offer STARTTLS; something on the way may have taken the offer out",
                stage: .tls
            )
        }
        // What cannot work is found before the server is asked.
        let setup = try TLSSetup(self.server, self.configuration, context: self.tlsContext)
        let tls: TLSHandler
        do throws(TLSError) {
            tls = try setup.makeHandler(on: self.channel.eventLoop)
        } catch {
            throw SMTPError(.tls(error), stage: .tls)
        }
        self.handler.value.willAskForTLS()
        let reply = try await self.exchangeInTurn(
            .other(verb: "STARTTLS", argument: nil),
            stage: .tls,
            timeout: self.configuration.timeouts.hello
        )
        guard reply.code == .ready else {
            // Only a refusal leaves both sides in step.
            if !reply.code.isNegative { self.abandon(.closedLocally) }
            throw SMTPError(
                reply.announcesClosing ? .serverClosing : .startTLSUnavailable,
                "the server does not begin TLS",
                stage: .tls,
                reply: reply
            )
        }
        do throws(ConnectionFailure) {
            try self.handler.value.insert(tls)
        } catch {
            throw SMTPError(error, stage: .tls)
        }
        self.forgetWhatWasSaidInClear()
        try await self.finishHandshake(of: tls)
        return reply
    }

    /// Waits for the handshake of the connection's TLS.
    func finishHandshake(of tls: TLSHandler) async throws(SMTPError) {
        let now = self.channel.eventLoop.now
        let deadline = now.advanced(by: self.configuration.timeouts.tlsHandshake)
        do throws(ConnectionFailure) {
            let session = try await self.handler.value.handshake(
                of: tls,
                deadline: min(deadline, self.exchangeDeadline),
                isolation: self
            )
            self.tls = session
            self.recorder.record(.event, "encrypted: \(session)", at: self.channel.eventLoop.now)
        } catch {
            let failure = SMTPError(error, stage: .tls)
            self.recorder.record(.event, failure.message, at: self.channel.eventLoop.now)
            throw failure
        }
    }

    /// Nothing the server said in clear is known to come from it (RFC 3207 section 4.2).
    private func forgetWhatWasSaidInClear() {
        self.greeting = nil
        self.ehloReply = nil
        self.heloReply = nil
        self.extensions = .none
        self.isAuthenticated = false
        self.needsReset = false
        self.endManualTransaction()
    }

    /// Refuses what must not be said in clear where encryption is required.
    func checkEncryption(for verb: String, stage: Stage) throws(SMTPError) {
        let harmless: Set<String> = ["EHLO", "HELO", "LHLO", "STARTTLS", "NOOP", "RSET", "HELP", "QUIT"]
        guard self.server.tls == .startTLS, !self.isEncrypted, !harmless.contains(verb) else { return }
        throw SMTPError(
            .badSequence,
            "\(PrintableText.escape(verb)) would go out in clear, and the server's mode requires TLS; call hello() first",
            stage: stage
        )
    }
}
