internal import NIOCore
public import SMTPCore

extension SMTPSession {
    /// Says hello unless it was said, and encrypts the connection where the server's mode asks for it;
    /// smtplib's `ehlo_or_helo_if_needed`.
    ///
    /// In SMTP by EHLO, and by HELO where the server does not know EHLO and TLS is not required; in LMTP by
    /// LHLO.
    ///
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/helloRefused`` and the reply, what ``startTLS()`` throws
    ///   where encryption is required, or what can happen to any connection.
    public func hello() async throws(SMTPError) {
        try await self.takeTurn(stage: .hello)
        defer { self.releaseTurn() }
        try await self.helloInTurn()
    }

    /// Sends EHLO and takes what the server offers; smtplib's `ehlo`.
    ///
    /// - Parameter name: Name to give; nil gives that of the configuration.
    /// - Returns: The reply, positive or not. What was offered before is forgotten (RFC 5321 section 4.1.4).
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/badSequence`` in LMTP, which knows only LHLO (RFC 2033
    ///   section 4.1).
    @discardableResult
    public func ehlo(_ name: HelloName? = nil) async throws(SMTPError) -> Reply {
        try await self.explicitHello(name, flavour: .smtp) { .ehlo($0) }
    }

    /// Sends HELO, after which no extension may be used; smtplib's `helo`.
    ///
    /// - Parameter name: Name to give; nil gives that of the configuration.
    /// - Returns: The reply, positive or not.
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/badSequence`` in LMTP.
    @discardableResult
    public func helo(_ name: HelloName? = nil) async throws(SMTPError) -> Reply {
        try await self.explicitHello(name, flavour: .smtp) { .helo($0) }
    }

    /// Sends LHLO and takes what the server offers; smtplib's `LMTP.ehlo`.
    ///
    /// - Parameter name: Name to give; nil gives that of the configuration.
    /// - Returns: The reply, positive or not.
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/badSequence`` in SMTP.
    @discardableResult
    public func lhlo(_ name: HelloName? = nil) async throws(SMTPError) -> Reply {
        try await self.explicitHello(name, flavour: .lmtp) { .lhlo($0) }
    }

    /// Whether the server offered the extension; smtplib's `has_extn`.
    public func offers(_ keyword: ExtensionKeyword) -> Bool { self.extensions.offers(keyword) }

    /// Whether the server answered EHLO; smtplib's `does_esmtp`.
    public var speaksESMTP: Bool { self.ehloReply?.code.isPositive ?? false }

    private var saidHello: Bool {
        self.speaksESMTP || self.heloReply?.code.isPositive ?? false
    }

    private func explicitHello(
        _ name: HelloName?,
        flavour: Flavour,
        _ command: (HelloName) -> Command
    ) async throws(SMTPError) -> Reply {
        guard self.server.flavour == flavour else {
            let verbs = flavour == .lmtp ? "LHLO belongs to LMTP" : "LMTP knows only LHLO"
            throw SMTPError(.badSequence, verbs, stage: .hello)
        }
        try await self.takeTurn(stage: .hello)
        defer { self.releaseTurn() }
        return try await self.sayHello(command(name ?? self.helloName))
    }

    /// Says hello and encrypts the connection unless that was done, inside an exchange that has the turn.
    func helloInTurn() async throws(SMTPError) {
        let wantsTLS = self.wantsTLS
        if !self.saidHello || (wantsTLS && !self.speaksESMTP) {
            try await self.greetInTurn(allowsHELO: self.server.tls != .startTLS)
        }
        if wantsTLS { try await self.encryptInTurn() }
    }

    /// Whether STARTTLS is still to be sent.
    private var wantsTLS: Bool {
        guard !self.isEncrypted else { return false }
        return self.server.tls == .startTLS || (self.server.tls == .opportunistic && !self.gaveUpTLS)
    }

    /// Says hello, inside an exchange that has the turn.
    ///
    /// - Parameter allowsHELO: Whether HELO may stand in for EHLO, which does without STARTTLS.
    func greetInTurn(allowsHELO: Bool) async throws(SMTPError) {
        let name = self.helloName
        guard self.server.flavour == .smtp else {
            let reply = try await self.sayHello(.lhlo(name))
            guard reply.code.isPositive else { throw self.helloRefused(reply) }
            return
        }
        let reply = try await self.sayHello(.ehlo(name))
        if reply.code.isPositive { return }
        // The server does not know EHLO, or says so in other words (RFC 5321 section 3.2). 421 and other 4yz
        // are no such answer.
        guard allowsHELO, [500, 501, 502, 504, 550, 554].contains(reply.code.value) else {
            throw self.helloRefused(reply)
        }
        let second = try await self.sayHello(.helo(name))
        guard second.code.isPositive else { throw self.helloRefused(second) }
    }

    private func sayHello(_ command: Command) async throws(SMTPError) -> Reply {
        let reply = try await self.exchangeInTurn(
            command,
            stage: .hello,
            timeout: self.configuration.timeouts.hello
        )
        // A hello resets the server (RFC 5321 section 4.1.4), whatever is known about it.
        if reply.code.isPositive {
            self.endManualTransaction()
            self.needsReset = false
        }
        if case .helo = command {
            self.heloReply = reply
            self.ehloReply = nil
            self.extensions = .none
        } else {
            self.ehloReply = reply
            self.extensions = reply.code.isPositive ? ServerExtensions(ehlo: reply) : .none
        }
        return reply
    }

    private func helloRefused(_ reply: Reply) -> SMTPError {
        SMTPError(.helloRefused, "the server refuses the hello", stage: .hello, reply: reply)
    }

    /// The configured name, or the host's if it can be used, or the literal of the socket's own address.
    private var helloName: HelloName {
        if let name = self.configuration.helloName ?? HelloName(systemName: SystemName.host) { return name }
        let address = self.channel.localAddress?.ipAddress
        return address.flatMap(HelloName.init(literalOf:)) ?? .loopbackLiteral
    }
}
