import NIOCore

// STARTTLS (RFC 3207), and what the server knows of TLS.
extension ServerStateMachine {
    /// Whether the client has to begin TLS before it can do anything.
    var needsTLS: Bool { self.configuration.requiresTLS && self.security == nil }

    static let needsTLSReply = Reply(530, "5.7.0", "Must issue a STARTTLS command first")

    /// The verbs that work without the TLS that is required (RFC 3207 section 4).
    ///
    /// BDAT is among them because its octets have to be taken before it can be refused.
    static let verbsBeforeTLS: Set<String> = ["EHLO", "LHLO", "NOOP", "STARTTLS", "QUIT", "BDAT"]

    /// What the mechanisms of AUTH have to know.
    var authenticationContext: AuthenticationContext {
        AuthenticationContext(
            users: self.configuration.users,
            tokens: self.configuration.tokens,
            challenges: self.configuration.challenges,
            hostname: self.configuration.hostname,
            offered: self.offered.authMechanisms,
            security: self.security
        )
    }

    func replyToStartTLS(_ line: CommandLine) -> Reply {
        if self.security != nil { return Reply(503, "5.5.1", "TLS is active") }
        guard self.offered.contains("STARTTLS") else {
            return Reply(502, "5.5.1", "Command not implemented")
        }
        if !self.isExtended { return Reply(503, "5.5.1", "Say hello first") }
        guard line.text.utf8.count == line.verb.utf8.count else {
            return Reply(501, "5.5.4", "STARTTLS takes no argument")
        }
        if self.configuration.tls == nil { return Reply(454, "4.7.0", "TLS is not available") }
        return Reply(220, "2.0.0", "Ready to start TLS")
    }

    /// STARTTLS was accepted: what follows is TLS, and what had come before is nothing to go by.
    mutating func awaitTLS() {
        if self.input.readableBytes > 0 {
            self.outputs.append(.note(.injected(self.input)))
            self.outputs.append(.note(.synchronizationError("STARTTLS")))
            self.input = ByteBuffer()
        }
        self.phase = .clientHello
    }

    /// Hands the beginning of the handshake over to TLS, or takes it for commands.
    mutating func beginTLS(isRefused: Bool) {
        if isRefused {
            self.phase = .command
            self.outputs.append(.note(.received(self.input)))
        } else {
            self.phase = .handshake
            self.serverName = ClientHello.serverName(in: self.input)
            self.outputs.append(.startTLS(self.input))
            self.input = ByteBuffer()
        }
    }

    /// Forgets all that the client has said (RFC 3207 section 4.2).
    mutating func forget() {
        self.hello = nil
        self.isExtended = false
        self.authentication = nil
        self.exchange = nil
        self.dropTransaction()
        self.framer = LineFramer(limit: self.configuration.limits.commandLineOctets)
        self.phase = .command
    }
}
