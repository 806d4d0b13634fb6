internal import MailAddress
internal import NIOCore
public import SMTPCore

/// A transaction command by command, as smtplib's `mail`, `rcpt` and `data`;
/// ``SMTPSession/send(_:envelope:options:)`` does all of it at once and better.
extension SMTPSession {
    /// Sends MAIL and begins a transaction; smtplib's `mail` (RFC 5321 section 4.1.1.2).
    ///
    /// Until ``data(_:)`` or ``reset()`` the session belongs to this transaction. Says hello first if that
    /// was not done.
    ///
    /// - Parameters:
    ///   - sender: Whom failure reports go to.
    ///   - parameters: Parameters; SIZE and BODY are sent only if given, because the content is not known
    ///     yet.
    /// - Returns: The reply, positive or not.
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/notSupported``, or when the connection fails.
    @discardableResult
    public func mail(
        from sender: ReversePath,
        parameters: MailParameters = MailParameters()
    ) async throws(SMTPError) -> Reply {
        try await self.hello()
        let resolved: [ESMTPParameter]
        do throws(NegotiationError) {
            resolved = try parameters.resolve(
                in: .init(
                    extensions: self.extensions,
                    addressNeedsSMTPUTF8: sender.address?.needsSMTPUTF8 ?? false,
                    isVerifiedTLS: self.tls?.isVerified ?? false
                )
            )
        } catch {
            throw SMTPError(error)
        }
        let usesUTF8 = resolved.contains { $0.keyword == "SMTPUTF8" }
        // What an earlier transaction left behind must not refuse this one.
        if self.needsReset { try await self.reset() }
        let reply = try await self.exchange(
            .mail(sender, resolved),
            stage: .mail,
            timeout: self.configuration.timeouts.mail,
            allowsUTF8: usesUTF8
        )
        guard reply.code.isPositive else { return reply }
        self.hasManualTransaction = true
        self.manualTransactionAllowsUTF8 = usesUTF8
        self.manualRecipients = []
        self.transactionCount += 1
        return reply
    }

    /// Sends RCPT; smtplib's `rcpt` (RFC 5321 section 4.1.1.3).
    ///
    /// - Returns: The reply, positive or not.
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/notSupported``, or when the connection fails.
    @discardableResult
    public func rcpt(
        to recipient: ForwardPath,
        parameters: RecipientParameters = RecipientParameters()
    ) async throws(SMTPError) -> Reply {
        guard !(recipient.address?.needsSMTPUTF8 ?? false) || self.manualTransactionAllowsUTF8 else {
            throw SMTPError(
                .notSupported,
                "\(recipient) has a local part outside ASCII and MAIL did not declare SMTPUTF8",
                stage: .rcpt
            )
        }
        let resolved: [ESMTPParameter]
        do throws(NegotiationError) {
            resolved = try parameters.resolve(for: recipient, with: self.extensions)
        } catch {
            throw SMTPError(error)
        }
        let reply = try await self.exchange(
            .rcpt(recipient, resolved),
            stage: .rcpt,
            timeout: self.configuration.timeouts.rcpt,
            allowsUTF8: self.manualTransactionAllowsUTF8
        )
        if reply.code.isPositive { self.manualRecipients.append(recipient) }
        return reply
    }

    /// Sends DATA and the content, and ends the transaction; smtplib's `data` (RFC 5321 section 4.1.1.4).
    ///
    /// - Returns: The final reply, positive or not; in LMTP one for each accepted recipient, in the order of
    ///   RCPT.
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/dataRefused`` when the server does not answer 354, with
    ///   ``SMTPError/Code/contentSourceFailed`` or ``SMTPError/Code/invalidMessage`` when the content cannot
    ///   be sent, or when the connection fails.
    @discardableResult
    public func data(_ content: MessageContent) async throws(SMTPError) -> [Reply] {
        let reader: ContentReader
        do { reader = try ContentReader(content) } catch { throw self.error(.source(error)) }
        try await self.takeTurn(stage: .data)
        defer { self.releaseTurn() }
        let timeouts = self.configuration.timeouts
        let permission = try await self.exchangeInTurn(.data, stage: .data, timeout: timeouts.data)
        guard permission.code == .startMailInput else {
            if !permission.code.isNegative { self.abandon(.closedLocally) }
            throw SMTPError(
                permission.announcesClosing ? .serverClosing : .dataRefused,
                "the server does not want the content",
                stage: .data,
                reply: permission
            )
        }
        let accepted = self.manualRecipients
        self.endManualTransaction()
        let count = self.server.flavour == .lmtp ? max(1, accepted.count) : 1
        let delivery = Delivery(false, eventLoop: self.channel.eventLoop)
        do throws(ContentFailure) {
            _ = try await self.writeData(
                reader,
                rules: self.configuration.sending.contentRules,
                finalReplies: count,
                delivery: delivery
            )
        } catch {
            await reader.close()
            throw self.error(error)
        }
        await reader.close()
        return try await self.finalReplies(count, accepted: accepted, delivery: delivery)
    }

    private func finalReplies(
        _ count: Int,
        accepted: [ForwardPath],
        delivery: Delivery
    ) async throws(SMTPError) -> [Reply] {
        var replies: [Reply] = []
        do throws(ConnectionFailure) {
            while replies.count < count {
                let reply = try await self.nextReply(timeout: self.configuration.timeouts.finalReply)
                replies.append(reply)
                guard !reply.announcesClosing else {
                    self.abandon(.serverClosing(reply))
                    break
                }
            }
            return replies
        } catch {
            let lost: RecipientOutcome.Disposition = delivery.value ? .unknown : .notAccepted
            let outcomes = accepted.enumerated().map { index, recipient in
                let reply = index < replies.count ? replies[index] : nil
                let disposition = reply.map { $0.code.isPositive ? .accepted : .refused(by: $0) } ?? lost
                return RecipientOutcome(
                    recipient: recipient,
                    disposition: disposition,
                    reply: reply,
                    stage: .finalReply
                )
            }
            // Recipients may have been named by commands this session did not interpret.
            let acceptance: Acceptance? = outcomes.isEmpty && delivery.value ? .unknown : nil
            throw SMTPError(error, stage: .finalReply, recipients: outcomes, acceptance: acceptance)
        }
    }

    /// The error for content that was not sent to its end.
    func error(_ failure: ContentFailure, recipients: [RecipientOutcome] = []) -> SMTPError {
        switch failure {
        case .connection(let failure):
            SMTPError(failure, stage: .content, recipients: recipients)
        case .content(let error):
            SMTPError(
                .invalidMessage,
                "\(error)",
                stage: .content,
                underlying: error,
                recipients: recipients
            )
        case .source(let error):
            SMTPError(
                .contentSourceFailed,
                "the content could not be read: \(PrintableText.escape("\(error)"))",
                stage: .content,
                underlying: error,
                recipients: recipients
            )
        case .earlyReply(let reply):
            SMTPError(
                reply.announcesClosing
                    ? .serverClosing : reply.code.isNegative ? .dataRefused : .unexpectedReply,
                "the server answered before the content was complete",
                stage: .content,
                reply: reply,
                recipients: recipients
            )
        }
    }

    func endManualTransaction() {
        self.hasManualTransaction = false
        self.manualTransactionAllowsUTF8 = false
        self.manualRecipients = []
    }
}
