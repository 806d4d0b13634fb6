// What the server answers when no script says otherwise.
extension ServerStateMachine {
    /// What a script is asked about; nil when the subject is not scriptable.
    func eventKind(of subject: Subject) -> SMTPTestServer.Event.Kind? {
        switch subject {
        case .connect: .connect
        case .clientHello: .clientHello
        case .secured: .secured
        case .command(let line): .command(verb: line.verb, argument: line.argument)
        case .malformed: nil
        case .authResponse(let line): .authResponse(line)
        case .contentOctets(let count): .contentOctets(count)
        case .chunk(let size): .bdat(octets: size)
        case .endOfContent: .endOfContent
        case .recipient(let index):
            .lmtpRecipient(index: index, address: self.delivery?.recipients[index].address ?? "")
        }
    }

    /// Whether the content is answered once per recipient (RFC 2033 section 4.2).
    var repliesPerRecipient: Bool {
        self.configuration.flavour == .lmtp && !(self.delivery?.recipients.isEmpty ?? true)
    }

    /// The reply; nil when none is due.
    func defaultReply(to subject: Subject) -> Reply? {
        switch subject {
        case .connect: self.greeting
        case .command(let line): self.reply(to: line)
        case .malformed(let reply): reply
        case .authResponse: self.authenticationReply()
        case .clientHello, .secured, .contentOctets: nil
        case .chunk(let size):
            self.chunkRefusal(self.transaction, content: self.content)
                ?? Reply(250, "2.0.0", "\(size) octets received")
        case .endOfContent, .recipient: self.finalReply
        }
    }

    private var greeting: Reply {
        let name = self.configuration.flavour == .lmtp ? "LMTP" : "ESMTP"
        return Reply(220, nil, self.configuration.greeting ?? "\(self.configuration.hostname) \(name) ready")
    }

    /// The reply at the end of the content, and for LMTP to each recipient.
    var finalReply: Reply {
        guard let delivery = self.delivery else { return Reply(503, "5.5.1", "No message") }
        if delivery.isBDAT, let refusal = self.chunkRefusal(delivery.transaction, content: delivery.content) {
            return refusal
        }
        if delivery.recipients.isEmpty {
            return Reply(554, "5.5.1", "No valid recipients")
        }
        return self.sizeRefusal(delivery.content) ?? delivery.refusal
            ?? Reply(250, "2.0.0", "Ok: queued as \(delivery.queueID)")
    }

    private func chunkRefusal(_ transaction: Transaction?, content: ContentSink) -> Reply? {
        if self.needsTLS { return Self.needsTLSReply }
        if !self.isExtended || !self.offered.contains("CHUNKING") {
            return Reply(502, "5.5.1", "CHUNKING is not offered")
        }
        return self.recipientRefusal(transaction) ?? self.sizeRefusal(content)
    }

    private func sizeRefusal(_ content: ContentSink) -> Reply? {
        guard content.isTooLong else { return nil }
        return Reply(
            552,
            "5.3.4",
            "Message size exceeds the limit of \(self.configuration.maximumMessageSize)"
        )
    }

    /// The refusal of a content that nobody is to get.
    private func recipientRefusal(_ transaction: Transaction?) -> Reply? {
        guard let transaction else { return Reply(503, "5.5.1", "MAIL first") }
        guard transaction.recipients.isEmpty else { return nil }
        // RFC 2033 section 4.2 asks for 503, RFC 5321 section 3.3 for 554.
        return Reply(self.configuration.flavour == .lmtp ? 503 : 554, "5.5.1", "No valid recipients")
    }

    private func reply(to line: CommandLine) -> Reply? {
        if self.isRefused, line.verb != "QUIT" {
            return Reply(503, "5.5.1", "No service here")
        }
        if self.needsTLS, !Self.verbsBeforeTLS.contains(line.verb) { return Self.needsTLSReply }
        switch line.verb {
        case "EHLO", "HELO", "LHLO": return self.replyToHello(line)
        case "MAIL": return self.replyToMail(line)
        case "RCPT": return self.replyToRecipient(line)
        case "DATA": return self.replyToData(line)
        case "BDAT":
            let isValid = Chunk(argument: line.argument) != nil
            return isValid ? nil : Reply(501, "5.5.4", "Syntax: BDAT size [LAST]")
        case "RSET": return self.withoutArgument(line) ?? Reply(250, "2.0.0", "Ok")
        case "NOOP": return Reply(250, "2.0.0", "Ok")
        case "QUIT": return self.withoutArgument(line) ?? Reply(221, "2.0.0", "Bye")
        case "HELP": return Reply(214, "2.0.0", "RFC 5321 describes the commands")
        case "VRFY":
            return self.withArgument(line) ?? Reply(252, "2.5.0", "Cannot verify, but will try to deliver")
        case "EXPN": return self.replyToExpand(line)
        case "AUTH": return self.replyToAuthentication(line)
        case "STARTTLS": return self.replyToStartTLS(line)
        case "ETRN", "TURN", "SEND", "SOML", "SAML":
            return Reply(502, "5.5.1", "Command not implemented")
        default: return Reply(500, "5.5.1", "Command not recognised")
        }
    }

    private func replyToHello(_ line: CommandLine) -> Reply {
        let isKnown = (line.verb == "LHLO") == (self.configuration.flavour == .lmtp)
        guard isKnown else { return Reply(500, "5.5.1", "Command not recognised") }
        guard !line.argument.isEmpty, !line.argument.contains(" ") else {
            return Reply(501, "5.5.4", "Syntax: \(line.verb) name")
        }
        let name = self.configuration.hostname
        return Reply(250, nil, line.verb == "HELO" ? [name] : ["\(name) greets you"] + self.offered.lines)
    }

    private func replyToMail(_ line: CommandLine) -> Reply {
        let argument = EnvelopeArgument(line.argument, keyword: "FROM:")
        if self.hello == nil { return Reply(503, "5.5.1", "Say hello first") }
        if self.configuration.requiresAuthentication, self.authentication == nil {
            return Reply(530, "5.7.0", "Authentication required")
        }
        if self.transaction != nil { return Reply(503, "5.5.1", "Nested MAIL") }
        guard argument.isWellFormed else { return Reply(501, "5.5.4", "Syntax: MAIL FROM:<path>") }
        guard argument.path.isEmpty || PathGrammar.isMailbox(argument.path) else {
            return Reply(553, "5.1.7", "Bad sender address syntax")
        }
        if let refusal = self.parameterRules.refusal(of: argument.parameters, of: .mail) { return refusal }
        if !argument.parameters.contains("SMTPUTF8"), !argument.path.utf8.allSatisfy({ $0 < 0x80 }) {
            return Reply(553, "5.6.7", "SMTPUTF8 is needed for this address")
        }
        return Reply(250, "2.1.0", "Sender ok")
    }

    private func replyToRecipient(_ line: CommandLine) -> Reply {
        let argument = EnvelopeArgument(line.argument, keyword: "TO:")
        guard let transaction, !transaction.hasChunks else {
            return Reply(503, "5.5.1", self.transaction == nil ? "MAIL first" : "RCPT behind BDAT")
        }
        guard argument.isWellFormed else { return Reply(501, "5.5.4", "Syntax: RCPT TO:<path>") }
        guard argument.path.uppercased() == "POSTMASTER" || PathGrammar.isMailbox(argument.path) else {
            return Reply(553, "5.1.3", "Bad recipient address syntax")
        }
        if let refusal = self.parameterRules.refusal(of: argument.parameters, of: .recipient) {
            return refusal
        }
        if !transaction.parameters.contains("SMTPUTF8"), !argument.path.utf8.allSatisfy({ $0 < 0x80 }) {
            return Reply(553, "5.6.7", "SMTPUTF8 is needed for this address")
        }
        if transaction.recipients.count >= self.configuration.maximumRecipients {
            return Reply(452, "4.5.3", "Too many recipients")
        }
        return Reply(250, "2.1.5", "Recipient ok")
    }

    private func replyToData(_ line: CommandLine) -> Reply {
        if let refusal = self.withoutArgument(line) ?? self.recipientRefusal(self.transaction) {
            return refusal
        }
        if self.transaction?.hasChunks ?? false { return Reply(503, "5.5.1", "DATA behind BDAT") }
        if self.transaction?.parameters["BODY"]?.value?.uppercased() == "BINARYMIME" {
            // RFC 3030 section 3.
            return Reply(503, "5.5.1", "BODY=BINARYMIME needs BDAT")
        }
        return Reply(354, nil, "End data with <CR><LF>.<CR><LF>")
    }

    private func replyToExpand(_ line: CommandLine) -> Reply {
        if self.configuration.lists.isEmpty { return Reply(502, "5.5.1", "Command not implemented") }
        if let refusal = self.withArgument(line) { return refusal }
        guard let members = self.configuration.lists[line.argument], !members.isEmpty else {
            return Reply(550, "5.1.1", "No such list")
        }
        return Reply(250, "2.1.5", members)
    }

    private func replyToAuthentication(_ line: CommandLine) -> Reply {
        if self.security == nil, !self.configuration.allowsAuthenticationInClear {
            return Reply(538, "5.7.11", "Encryption required for authentication")
        }
        if !self.isExtended || !self.offered.contains("AUTH") {
            return Reply(502, "5.5.1", "AUTH is not offered")
        }
        if self.authentication != nil { return Reply(503, "5.5.1", "Already authenticated") }
        if self.transaction != nil { return Reply(503, "5.5.1", "AUTH inside a transaction") }
        if let refusal = self.withArgument(line) { return refusal }
        return self.authenticationReply()
    }

    private func authenticationReply() -> Reply {
        guard let exchange, self.offered.authMechanisms.contains(exchange.name) else {
            return Reply(504, "5.5.4", "Mechanism is not offered")
        }
        switch exchange.status {
        case .challenge(let text): return Reply(334, nil, text)
        case .malformed: return Reply(501, "5.5.2", "Cannot decode the response")
        case .cancelled: return Reply(501, "5.7.0", "Authentication cancelled")
        case .unknown: return Reply(504, "5.5.4", "Mechanism needs a script")
        case .unavailable: return Reply(454, "4.7.0", "Temporary authentication failure")
        case .failed: return Reply(535, "5.7.8", "Authentication credentials invalid")
        case .succeeded: return Reply(235, "2.7.0", "Authentication succeeded")
        }
    }

    private var parameterRules: ParameterRules {
        ParameterRules(
            offered: self.isExtended ? self.offered : nil,
            maximumMessageSize: self.configuration.maximumMessageSize
        )
    }

    private func withoutArgument(_ line: CommandLine) -> Reply? {
        line.text.utf8.count == line.verb.utf8.count
            ? nil : Reply(501, "5.5.4", "\(line.verb) takes no argument")
    }

    private func withArgument(_ line: CommandLine) -> Reply? {
        line.argument.isEmpty ? Reply(501, "5.5.4", "\(line.verb) needs an argument") : nil
    }
}
