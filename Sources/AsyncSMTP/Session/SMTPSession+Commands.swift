internal import NIOCore
public import SMTPCore

extension SMTPSession {
    /// Sends RSET: the server forgets the transaction; smtplib's `rset` (RFC 5321 section 4.1.1.5).
    ///
    /// - Returns: The reply. Anything but 250 leaves the server in an unknown state, so the connection is
    ///   closed.
    /// - Throws: ``SMTPError`` when the connection fails.
    @discardableResult
    public func reset() async throws(SMTPError) -> Reply {
        let reply = try await self.exchange(
            .reset,
            stage: .reset,
            timeout: self.configuration.timeouts.command
        )
        self.endManualTransaction()
        self.needsReset = false
        if !reply.code.isPositive { self.abandon(.closedLocally) }
        return reply
    }

    /// Sends NOOP; smtplib's `noop` (RFC 5321 section 4.1.1.9).
    ///
    /// - Parameter text: Text the server ignores, without control characters.
    /// - Returns: The reply, positive or not.
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/invalidArgument``, or when the connection fails.
    @discardableResult
    public func noop(_ text: String? = nil) async throws(SMTPError) -> Reply {
        try await self.exchange(.noop(text), stage: .command, timeout: self.configuration.timeouts.command)
    }

    /// Sends HELP; smtplib's `help` (RFC 5321 section 4.1.1.8).
    ///
    /// - Parameter topic: Command to ask about, without control characters.
    /// - Returns: The reply, positive or not.
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/invalidArgument``, or when the connection fails.
    @discardableResult
    public func help(_ topic: String? = nil) async throws(SMTPError) -> Reply {
        try await self.exchange(.help(topic), stage: .command, timeout: self.configuration.timeouts.command)
    }

    /// Sends VRFY; smtplib's `verify` and `vrfy` (RFC 5321 section 3.5).
    ///
    /// - Parameter user: User name or mailbox. One outside ASCII needs a server that offers SMTPUTF8.
    /// - Returns: The reply: 250 or 251 with the mailbox, 252 when the server will not tell but takes mail.
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/invalidArgument`` or ``SMTPError/Code/notSupported``, or
    ///   when the connection fails.
    @discardableResult
    public func verify(_ user: String) async throws(SMTPError) -> Reply {
        let usesUTF8 = try self.usesSMTPUTF8(for: user)
        return try await self.exchange(
            .verify(user, smtpUTF8: usesUTF8),
            stage: .command,
            timeout: self.configuration.timeouts.command
        )
    }

    /// Sends EXPN; smtplib's `expn` (RFC 5321 section 3.5).
    ///
    /// - Parameter list: Name of a mailing list. One outside ASCII needs a server that offers SMTPUTF8.
    /// - Returns: The reply; the members are its lines.
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/invalidArgument`` or ``SMTPError/Code/notSupported``, or
    ///   when the connection fails.
    @discardableResult
    public func expand(_ list: String) async throws(SMTPError) -> Reply {
        let usesUTF8 = try self.usesSMTPUTF8(for: list)
        return try await self.exchange(
            .expand(list, smtpUTF8: usesUTF8),
            stage: .command,
            timeout: self.configuration.timeouts.command
        )
    }

    private func usesSMTPUTF8(for text: String) throws(SMTPError) -> Bool {
        guard text.utf8.contains(where: { $0 >= 0x80 }) else { return false }
        guard self.extensions.offers(.smtpUTF8) else {
            throw SMTPError(.notSupported, "the server does not offer SMTPUTF8", stage: .command)
        }
        return true
    }

    // MARK: Any command

    /// Sends any command and reads its reply; smtplib's `docmd`.
    ///
    /// For extensions this library does not know. Commands that begin or end a transaction, change the
    /// protocol or carry secrets have functions of their own; the reply is not interpreted here.
    ///
    /// - Parameters:
    ///   - verb: Letters, digits and hyphens.
    ///   - argument: Everything behind the verb and a space, without control characters.
    /// - Returns: The reply, positive or not.
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/invalidArgument``, or when the connection fails.
    @discardableResult
    public func command(_ verb: String, _ argument: String? = nil) async throws(SMTPError) -> Reply {
        let command = Command.other(verb: verb, argument: argument)
        let isSecret = command.verb == "AUTH"
        if isSecret { self.recorder.isRedacting = true }
        defer { if isSecret { self.recorder.isRedacting = false } }
        return try await self.exchange(command, stage: .command, timeout: self.configuration.timeouts.command)
    }

    /// Sends any command without waiting for its reply; smtplib's `putcmd`.
    ///
    /// ``readReply()`` reads it.
    ///
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/invalidArgument``, or when the connection fails.
    public func putCommand(_ verb: String, _ argument: String? = nil) async throws(SMTPError) {
        let buffer = try self.encode(.other(verb: verb, argument: argument), stage: .command)
        try self.writeRaw(buffer, replies: 1)
    }

    /// Reads the next reply; smtplib's `getreply`.
    ///
    /// - Throws: ``SMTPError`` when the connection fails, or no reply comes within ``Timeouts/command``.
    public func readReply() async throws(SMTPError) -> Reply {
        try self.takeTurnAtOnce()
        defer { self.turn.release() }
        let reply = try await self.readReply(.command, timeout: self.configuration.timeouts.command)
        // Whoever leads the dialogue says himself how many replies the content will have.
        if reply.code == .startMailInput { self.handler.value.forgetPromise() }
        if reply.announcesClosing { self.abandon(.serverClosing(reply)) }
        return reply
    }

    /// Writes octets as they are; smtplib's `send`.
    ///
    /// Nothing is checked, but that nothing goes out in clear where the server's mode requires TLS: this is
    /// for tests and for protocols this library does not know.
    ///
    /// - Parameters:
    ///   - octets: What to write, line ends included.
    ///   - replies: How many replies the server will send; ``readReply()`` reads each.
    /// - Throws: ``SMTPError`` when the connection fails.
    public func send(rawOctets octets: some Sequence<UInt8>, expectingReplies replies: Int)
        async throws(SMTPError)
    {
        try self.checkEncryption(for: "what the caller wrote", stage: .command)
        try self.writeRaw(ByteBuffer(bytes: octets), replies: replies)
    }

    private func writeRaw(_ buffer: ByteBuffer, replies: Int) throws(SMTPError) {
        guard (0...100_000).contains(replies) else {
            throw SMTPError(.invalidArgument, "\(replies) replies cannot be expected", stage: .command)
        }
        try self.takeTurnAtOnce()
        defer { self.turn.release() }
        do throws(ConnectionFailure) {
            try self.write(buffer, replies: replies)
        } catch {
            throw SMTPError(error, stage: .command)
        }
    }
}
