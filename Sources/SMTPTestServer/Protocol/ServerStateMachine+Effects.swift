// What a reply means for the state of the connection.
extension ServerStateMachine {
    /// Changes the state as the reply with this code says; called before the reply is written.
    mutating func apply(_ code: Int, text: String, to subject: Subject) {
        let isPositive = Self.isPositive(code)
        switch subject {
        case .connect:
            self.isRefused = !isPositive
        case .command(let line):
            self.apply(code, to: line)
        case .authResponse:
            self.applyAuthentication(code)
        case .chunk:
            if !isPositive {
                self.dropTransaction()
            }
        case .endOfContent:
            if self.configuration.flavour == .lmtp {
                self.delivery?.replies.append(text)
            }
            if isPositive {
                self.accept(subject)
            }
        case .recipient(let index):
            self.delivery?.replies.append(text)
            if isPositive {
                self.accept(subject)
            }
            if index + 1 == self.delivery?.recipients.count {
                // Stored before the last reply is written: who has read it finds the message.
                self.settle()
            }
        case .clientHello, .secured, .malformed, .contentOctets:
            break
        }
    }

    /// Accepts the message at the end of its content, or one LMTP recipient of it.
    mutating func accept(_ subject: Subject) {
        switch subject {
        case .endOfContent:
            self.delivery?.acceptAll()
            self.settle()
        case .recipient(let index):
            self.delivery?.accept(index)
        default:
            break
        }
    }

    /// Stores the message if it was accepted and is not stored yet.
    mutating func settle() {
        guard let delivery = self.delivery, delivery.isAccepted, !delivery.isStored else { return }
        self.delivery?.isStored = true
        let recipients = delivery.accepted.sorted().map { delivery.recipients[$0] }
        self.outputs.append(.note(.message(self.message(of: delivery, to: recipients))))
    }

    /// Shows a message that would be accepted to `Configuration.onMessage`, unless it was or nobody wants to know.
    ///
    /// - Returns: Whether the connection waits for the answer.
    mutating func offerMessage() -> Bool {
        guard self.configuration.onMessage != nil, let delivery, !delivery.wasOffered,
            Self.isPositive(self.finalReply.code)
        else { return false }
        self.delivery?.wasOffered = true
        self.isHeld = true
        self.outputs.append(.offer(self.message(of: delivery, to: delivery.recipients)))
        return true
    }

    private func message(
        of delivery: Delivery,
        to recipients: [SMTPTestServer.Recipient]
    ) -> SMTPTestServer.ReceivedMessage {
        SMTPTestServer.ReceivedMessage(
            sessionIndex: self.sessionIndex,
            hello: self.hello ?? "",
            authentication: self.authentication,
            isEncrypted: self.security != nil,
            tlsVersion: self.security?.version,
            tlsCipher: self.security?.cipher,
            sender: delivery.transaction?.sender ?? "",
            mailParameters: delivery.transaction?.parameters ?? SMTPTestServer.Parameters(""),
            recipients: recipients,
            content: delivery.content.octets,
            contentLength: delivery.content.count,
            wireContent: delivery.isBDAT ? nil : delivery.content.wireOctets,
            isBDAT: delivery.isBDAT,
            lmtpReplies: delivery.replies,
            queueID: delivery.queueID,
            computedChecksum: delivery.content.checksum
        )
    }

    /// Forgets sender, recipients and content.
    mutating func dropTransaction() {
        self.transaction = nil
        self.hasOpenContent = false
        self.content = Self.emptySink(self.configuration)
    }

    private mutating func apply(_ code: Int, to line: CommandLine) {
        let isPositive = Self.isPositive(code)
        switch line.verb {
        case "EHLO" where isPositive, "LHLO" where isPositive, "HELO" where isPositive:
            self.hello = line.argument
            self.isExtended = line.verb != "HELO"
            self.dropTransaction()
            self.outputs.append(.note(.hello(line.argument)))
        case "STARTTLS" where code == 220 && self.configuration.tls != nil && self.security == nil:
            self.awaitTLS()
        case "AUTH":
            self.applyAuthentication(code)
        case "MAIL" where isPositive:
            let argument = EnvelopeArgument(line.argument, keyword: "FROM:")
            self.dropTransaction()
            self.transaction = Transaction(sender: argument.path, parameters: argument.parameters)
        case "RCPT" where isPositive:
            let argument = EnvelopeArgument(line.argument, keyword: "TO:")
            let recipient = SMTPTestServer.Recipient(address: argument.path, parameters: argument.parameters)
            self.transaction?.recipients.append(recipient)
        case "DATA" where code == 354:
            self.beginData()
        case "RSET" where isPositive:
            self.dropTransaction()
        default:
            break
        }
    }

    private mutating func applyAuthentication(_ code: Int) {
        switch code {
        case 334:
            self.phase = .authentication
        case 235:
            let authentication = SMTPTestServer.Authentication(
                user: self.exchange?.user ?? "",
                authorizationIdentity: self.exchange?.authorizationIdentity,
                mechanism: self.exchange?.name ?? ""
            )
            self.authentication = authentication
            self.exchange = nil
            self.outputs.append(.note(.authenticated(authentication)))
        default:
            self.exchange = nil
        }
    }
}
