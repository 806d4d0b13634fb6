internal import NIOCore
public import SMTPCore

extension SMTPSession {
    /// Sends a message; smtplib's `sendmail`.
    ///
    /// Says hello first if that was not done. The message goes to the recipients the server accepts, and the
    /// receipt tells about the others; set ``SendOptions/requiresAllRecipients`` for all or nothing.
    /// Recipients the server will not take in one transaction go in further ones, with one receipt for all.
    ///
    /// - Parameters:
    ///   - content: Header and body. They are sent as they are, but for line ends and dots.
    ///   - envelope: Sender, recipients and parameters.
    ///   - options: How to send; nil takes those of the configuration.
    /// - Returns: What the server said about each recipient.
    /// - Throws: ``SMTPError`` when nobody accepted the message, or when that is not known;
    ///   ``SMTPError/acceptance`` tells which.
    @discardableResult
    public func send(
        _ content: MessageContent,
        envelope: Envelope,
        options: SendOptions? = nil
    ) async throws(SMTPError) -> SendReceipt {
        let options = options ?? self.configuration.sending
        let message = try await PreparedMessage.prepare(
            .written(RawMessage(content, envelope: envelope)),
            Preparation(
                options,
                defaults: self.configuration.messageDefaults.redirectionAlone,
                dropping: []
            )
        )
        return try await self.send(message)
    }

    /// Sends a message to whom its header names; smtplib's `send_message`.
    ///
    /// - Parameters:
    ///   - message: Header and body, Bcc and Resent-Bcc are left out; an envelope if it is not to be taken
    ///     from the header.
    ///   - options: How to send; nil takes those of the configuration.
    /// - Returns: What the server said about each recipient.
    /// - Throws: ``SMTPError`` as ``send(_:envelope:options:)`` does, and ``SMTPError/Code/invalidMessage``
    ///   for a header that does not tell sender and recipients.
    @discardableResult
    public func send(
        _ message: some OutgoingMessage,
        options: SendOptions? = nil
    ) async throws(SMTPError) -> SendReceipt {
        var message = try await PreparedMessage.prepare(
            try PreparedMessage.form(of: message),
            Preparation(
                options ?? self.configuration.sending,
                defaults: self.configuration.messageDefaults
            )
        )
        while true {
            do throws(SMTPError) {
                return try await self.send(message)
            } catch {
                guard message.asksForTooMuch(error), let weaker = try await message.weaker() else {
                    throw error
                }
                message = weaker
            }
        }
    }

    private func send(_ message: PreparedMessage) async throws(SMTPError) -> SendReceipt {
        var delivering = Delivering(message)
        do throws(SMTPError) {
            try await self.advance(&delivering)
        } catch {
            try delivering.end(with: error)
        }
        delivering.giveUpRest()
        return try delivering.receipt()
    }

    /// Takes a delivery as far as this connection allows: to its end, or to the most transactions the server
    /// takes.
    ///
    /// - Throws: ``SMTPError`` when it failed, or when some outcome is not known.
    func advance(_ delivering: inout Delivering) async throws(SMTPError) {
        let deadline = self.configuration.timeouts.send.map { self.channel.eventLoop.now.advanced(by: $0) }
        try await self.takeTurn(stage: .mail, deadline: deadline ?? .distantFuture)
        defer { self.releaseTurn() }
        guard !self.hasManualTransaction else {
            throw SMTPError(
                .badSequence,
                "a transaction begun by mail(from:) is open; end it with data(_:) or reset()",
                stage: .mail
            )
        }
        try await self.helloInTurn()
        guard self.allowsTransaction else {
            throw SMTPError(.closed, "the server takes no more transactions on this connection", stage: .mail)
        }
        while delivering.isUnfinished, self.allowsTransaction {
            try await self.sendPortion(of: &delivering)
        }
    }

    /// Carries out one transaction.
    private func sendPortion(of delivering: inout Delivering) async throws(SMTPError) {
        let portion = delivering.takePortion(by: self.extensions.limits)
        var transaction: Transaction
        let reader: ContentReader
        do throws(SMTPError) {
            transaction = try self.begin(portion, of: &delivering)
            reader = try self.reader(of: delivering.message)
        } catch {
            delivering.putBack(portion)
            throw error
        }
        self.transactionCount += 1
        let delivery = Delivery(false, eventLoop: self.channel.eventLoop)
        do throws(ContentFailure) {
            try await self.run(&transaction, reader, of: &delivering, delivery: delivery)
        } catch {
            await reader.close()
            if case .earlyReply(let reply) = error { await self.take(reply, in: &transaction) }
            delivering.take(transaction.result(isContentDelivered: delivery.value))
            delivering.giveUpRest()
            self.needsReset = false
            // A refusal that came before the connection went is the better explanation.
            if let refusal = transaction.refusal, error.mayHideReply {
                throw Self.error(refusal, of: delivering)
            }
            if case .connection(let failure) = error {
                throw SMTPError(failure, stage: transaction.currentStage, recipients: delivering.recipients)
            }
            throw self.error(error, recipients: delivering.recipients)
        }
        await reader.close()
        try self.conclude(transaction.result(isContentDelivered: delivery.value), of: &delivering)
    }

    /// Takes a reply that came before the content was complete, and those behind it: with BDAT they answer
    /// chunks.
    private func take(_ reply: Reply, in transaction: inout Transaction) async {
        guard transaction.expectsReplies else {
            transaction.receiveDuringContent(reply)
            return
        }
        transaction.receive(reply)
        while transaction.expectsReplies, let next = try? await self.nextReply(timeout: .zero) {
            transaction.receive(next)
        }
    }

    private func reader(of message: PreparedMessage) throws(SMTPError) -> ContentReader {
        if let wire = message.wire { return ContentReader(wire.original) }
        do {
            return try ContentReader(message.content, dropping: message.droppedFields)
        } catch {
            throw self.error(.source(error))
        }
    }

    private func begin(
        _ portion: [Recipient],
        of delivering: inout Delivering
    ) throws(SMTPError) -> Transaction {
        guard !delivering.message.options.requiresAllRecipients || !delivering.isUnfinished else {
            throw SMTPError(
                .notSupported,
                "all or nothing needs one transaction, and the server takes \(portion.count) recipients in one",
                stage: .preparation
            )
        }
        if delivering.transactions == 0, delivering.isUnfinished {
            // What cannot be asked for the last recipient is found before the first gets anything.
            _ = try self.makeTransaction(delivering.message.envelope.uniqueRecipients, of: &delivering)
        }
        return try self.makeTransaction(portion, of: &delivering)
    }

    private func makeTransaction(
        _ portion: [Recipient],
        of delivering: inout Delivering
    ) throws(SMTPError) -> Transaction {
        let plan = self.plan(for: delivering.message, most: .transaction, beginsWithReset: self.needsReset)
        delivering.flavour = plan.flavour
        delivering.serverName = self.extensions.serverName
        delivering.tls = self.tls
        delivering.pipelining = plan.pipelining
        delivering.usedChunking = plan.contentCommand != .data
        delivering.mailParameters = try self.mailParameters(of: delivering.message)
        let recipientParameters = try self.parameters(of: portion)
        do throws(CommandError) {
            return try Transaction(
                sender: delivering.message.envelope.sender,
                parameters: delivering.mailParameters,
                recipients: portion,
                recipientParameters: recipientParameters,
                plan: plan
            )
        } catch {
            throw SMTPError(error)
        }
    }

    /// Parameters of MAIL for a message.
    func mailParameters(of message: PreparedMessage) throws(SMTPError) -> [ESMTPParameter] {
        let envelope = message.envelope
        let isUsual = envelope.hasDefaultParameters && !envelope.needsSMTPUTF8
        if isUsual, let latest = self.latestParameters, latest.survey == message.survey {
            return latest.parameters
        }
        do throws(NegotiationError) {
            let parameters = try envelope.parameters.resolve(
                in: .init(
                    extensions: self.extensions,
                    content: message.survey,
                    addressNeedsSMTPUTF8: envelope.needsSMTPUTF8,
                    isVerifiedTLS: self.tls?.isVerified ?? false
                )
            )
            if isUsual { self.latestParameters = (message.survey, parameters) }
            return parameters
        } catch {
            throw SMTPError(error)
        }
    }

    /// Parameters of RCPT for each recipient; empty where none has any.
    func parameters(of recipients: [Recipient]) throws(SMTPError) -> [[ESMTPParameter]] {
        if recipients.allSatisfy(\.hasDefaultParameters) { return [] }
        var result: [[ESMTPParameter]] = []
        result.reserveCapacity(recipients.count)
        do throws(NegotiationError) {
            for recipient in recipients {
                result.append(try recipient.parameters.resolve(for: recipient.path, with: self.extensions))
            }
        } catch {
            throw SMTPError(error)
        }
        return result
    }

    /// How a message goes out over this connection as things stand.
    func plan(
        for message: PreparedMessage,
        most level: PipeliningLevel,
        beginsWithReset: Bool
    ) -> TransactionPlan {
        let options = message.options
        let isPipelined = self.pipeliningLimit.level != .disabled
        let isChunked =
            (!message.envelope.hasDefaultParameters
                && message.envelope.parameters.usesBinaryMIME(with: self.extensions))
            || (options.usesChunking && self.extensions.offers(.chunking))
        return TransactionPlan(
            flavour: self.server.flavour,
            pipelining: isPipelined ? min(options.pipelining, level) : .disabled,
            contentCommand: isChunked ? .bdat(atOnce: true) : .data,
            requiresAllRecipients: options.requiresAllRecipients,
            acceptsCompletionForData: options.acceptsCompletionForData,
            beginsWithReset: beginsWithReset
        )
    }

    /// Does what the transaction says until it is finished.
    private func run(
        _ transaction: inout Transaction,
        _ reader: ContentReader,
        of delivering: inout Delivering,
        delivery: Delivery
    ) async throws(ContentFailure) {
        var mark = self.channel.eventLoop.now
        func lap() -> Duration {
            let now = self.channel.eventLoop.now
            defer { mark = now }
            return now.since(mark)
        }
        while true {
            switch transaction.next() {
            case .write(let bytes, let replies):
                do throws(ConnectionFailure) {
                    // Chunks that follow at once share their write with the envelope.
                    try self.write(bytes, replies: replies, flushes: !transaction.isContentNext)
                } catch {
                    throw .connection(error)
                }
            case .read(let stage):
                do throws(ConnectionFailure) {
                    let timeout = self.timeout(of: stage)
                    transaction.receive(
                        try await self.nextReply(timeout: timeout)
                    )
                } catch {
                    throw .connection(error)
                }
            case .sendContent:
                delivering.envelopeTime += lap()
                delivering.octets = try await self.sendContent(reader, of: &transaction, delivering, delivery)
                delivering.contentTime += lap()
            case .finish:
                delivering.finalTime += lap()
                return
            }
        }
    }

    private func sendContent(
        _ reader: ContentReader,
        of transaction: inout Transaction,
        _ delivering: Delivering,
        _ delivery: Delivery
    ) async throws(ContentFailure) -> UInt64 {
        let rules = delivering.message.options.contentRules
        // Content that can only be read once was not looked at, and checks its own length.
        let message = delivering.message
        let expected = message.content.isRereadable ? message.survey.size : nil
        guard !delivering.usedChunking else {
            return try await self.writeChunks(
                reader,
                of: &transaction,
                rules: rules,
                expectedOctets: expected,
                isBinary: delivering.message.envelope.parameters.usesBinaryMIME(with: self.extensions),
                delivery: delivery
            )
        }
        let octets = try await self.writeData(
            reader,
            rules: rules,
            expectedOctets: expected,
            finalReplies: transaction.finalReplyCount,
            delivery: delivery
        )
        transaction.contentWritten()
        return octets
    }

    /// Takes the result of a transaction that came to its end.
    private func conclude(_ result: TransactionResult, of delivering: inout Delivering) throws(SMTPError) {
        self.needsReset = result.needsReset
        if result.distrustsPipelining { self.distrustsPipelining = true }
        if result.mustClose, let reply = result.failure?.reply {
            self.abandon(reply.announcesClosing ? .serverClosing(reply) : .closedLocally)
        }
        delivering.take(result)
        guard let failure = result.failure else { return }
        delivering.giveUpRest()
        // What was accepted before stays accepted, and the receipt tells about the rest.
        let isDecided = delivering.recipients.allSatisfy { $0.disposition != .unknown }
        guard !(delivering.isAccepted && isDecided) else { return }
        throw Self.error(failure, of: delivering)
    }

    private static func error(_ failure: TransactionFailure, of delivering: Delivering) -> SMTPError {
        Self.error(
            failure,
            sender: delivering.message.envelope.sender,
            recipients: delivering.recipients
        )
    }

    /// The error a failed transaction is for its message.
    static func error(
        _ failure: TransactionFailure,
        sender: ReversePath,
        recipients: [RecipientOutcome]
    ) -> SMTPError {
        let (code, message): (SMTPError.Code, String) =
            switch failure.reason {
            case .resetRefused: (.commandRefused, "the server refused RSET")
            case .senderRefused: (.senderRefused, "the server refused the sender \(sender)")
            case .recipientsRefused: (.recipientsRefused, "the server refused the recipients")
            case .dataRefused: (.dataRefused, "the server refused the message")
            case .serverClosing: (.serverClosing, "the server closes the connection")
            case .unexpectedReply: (.unexpectedReply, "the server sent a reply that cannot be an answer")
            }
        let note = failure.acceptedEmptyMessage ? "; it took an empty message it had asked for" : ""
        // The content may be there before the reply to RSET is.
        let mayBeAccepted = recipients.contains { $0.disposition == .accepted || $0.disposition == .unknown }
        return SMTPError(
            code,
            message + note,
            stage: failure.stage,
            reply: failure.reply,
            recipients: recipients,
            sender: failure.reason == .senderRefused ? sender : nil,
            acceptance: failure.reason == .resetRefused && !mayBeAccepted ? .notAccepted : nil
        )
    }

    /// Time the reply of a stage may take.
    func timeout(of stage: Stage) -> Duration {
        let timeouts = self.configuration.timeouts
        return switch stage {
        case .mail: timeouts.mail
        case .rcpt: timeouts.rcpt
        case .data: timeouts.data
        case .content: timeouts.contentBlock
        case .finalReply: timeouts.finalReply
        default: timeouts.command
        }
    }
}
