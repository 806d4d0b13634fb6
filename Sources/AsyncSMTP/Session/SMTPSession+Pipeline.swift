internal import DequeModule
internal import NIOCore
internal import SMTPCore

/// Several messages in flight: the session pulls them from a client, and writes the commands of the next ones
/// behind the content of those before, as far as RFC 2920 section 3.1 and the replies allow.
///
/// Everything here happens within one event of the connection, without a task and without a wait: octets come,
/// replies are paired with the messages they belong to, what may be written goes out in one write.
extension SMTPSession {
    // MARK: Beginning

    /// Pulls messages from `source` until the connection ends.
    func serve(_ source: any ParcelSource, as connection: PoolConnectionID) {
        let pipeline = Pipeline(
            source: source,
            connection: connection,
            limits: self.configuration.replyLimits
        )
        self.pipeline = pipeline
        let handler = self.handler.value
        handler.lineConsumer = { [weak self] answer in
            self?.assumeIsolated { $0.received(answer) }
        }
        handler.onEnd = { [weak self] in
            self?.assumeIsolated { $0.connectionEnded() }
        }
        if !self.isOpen { self.connectionEnded() }
    }

    /// Looks for messages; does nothing when there is no room for any.
    func pull() {
        guard let pipeline else { return }
        self.proceed(pipeline)
    }

    /// The task that waits for a message was cancelled.
    ///
    /// A message alone on its connection takes the connection with it. One among others is forsaken: its waiter
    /// learns at once what is known, the others are not disturbed.
    func cancelParcel(_ waiterID: UInt64) {
        guard let pipeline else { return }
        if pipeline.exclusive?.waiterID == waiterID {
            pipeline.exclusiveTask?.cancel()
            guard pipeline.exclusiveTask == nil, let parcel = pipeline.exclusive else { return }
            pipeline.exclusive = nil
            pipeline.finish(parcel, parcel.result(endingWith: Self.cancelledInQueue))
        } else if let index = pipeline.ready.firstIndex(where: { $0.waiterID == waiterID }) {
            let parcel = pipeline.ready.remove(at: index)
            pipeline.finish(parcel, parcel.result(endingWith: Self.cancelledInQueue))
        } else if let index = pipeline.flights.firstIndex(where: {
            $0.parcel.waiterID == waiterID && !$0.isForsaken
        }) {
            guard pipeline.flights.count > 1 else {
                self.end(pipeline, .cancelled)
                return
            }
            let flight = pipeline.flights[index]
            flight.isForsaken = true
            pipeline.outcomes.append(
                ParcelOutcome(parcel: flight.parcel, result: .failure(Self.error(.cancelled, of: flight)))
            )
        }
        self.proceed(pipeline)
    }

    static var cancelledInQueue: SMTPError { SMTPError(ConnectionFailure.cancelled, stage: .mail) }

    // MARK: Replies

    private func received(_ answer: ConnectionStateMachine.ReadAnswer) {
        guard let pipeline else { return }
        pipeline.isWaiting = false
        switch answer {
        case .line(let line):
            self.take(line, pipeline)
            while !pipeline.hasEnded, !pipeline.flights.isEmpty, let line = self.handler.value.takeLine() {
                self.take(line, pipeline)
            }
        case .endOfStream:
            let error = pipeline.assembler.endOfStream()
            self.end(pipeline, error.map(ConnectionFailure.malformedReply) ?? .closedByServer)
        case .failed(let failure): self.end(pipeline, failure)
        case .wait: break
        }
        self.proceed(pipeline)
    }

    private func take(_ line: ReplyLine, _ pipeline: Pipeline) {
        if line.isLast, line.code.isPositive, !pipeline.assembler.isInsideReply, !self.recorder.isActive,
            let flight = pipeline.flights.first, flight.transaction.receiveCompletion()
        {
            // Nothing else of such a reply is ever asked for.
            if !flight.transaction.expectsReplies { self.advanceFirst(pipeline) }
            return
        }
        do throws(ReplyError) {
            guard let reply = try pipeline.assembler.append(line) else { return }
            if self.recorder.isActive { self.recorder.recordReply(reply, at: self.channel.eventLoop.now) }
            guard let flight = pipeline.flights.first else { return }
            if flight.transaction.expectsReplies {
                flight.transaction.receive(reply)
            } else {
                // The content is due and was not written yet: the server does not want it any more.
                flight.transaction.receiveDuringContent(reply)
            }
            self.advanceFirst(pipeline)
        } catch {
            self.end(pipeline, .malformedReply(error))
        }
    }

    /// Does what the first message in flight asks for, and finishes those that are through.
    private func advanceFirst(_ pipeline: Pipeline) {
        while let flight = pipeline.flights.first, !pipeline.hasEnded {
            switch flight.transaction.next() {
            case .read, .sendContent: return
            case .write(let bytes, let replies):
                // A lone dot, for content that nobody accepted any more.
                self.recorder.recordCommands(bytes, at: self.channel.eventLoop.now)
                pipeline.group.writeImmutableBuffer(bytes)
                // Where 354 promised it, its reply is owed already.
                pipeline.repliesToGroup += max(0, replies - self.handler.value.repliesOwed)
                return
            case .finish: self.finishFirst(pipeline)
            }
        }
    }

    private func finishFirst(_ pipeline: Pipeline) {
        guard let flight = pipeline.removeFirst() else { return }
        let result = flight.transaction.result(isContentDelivered: flight.isContentHanded)
        // Those in flight behind it have said RSET where it can matter.
        if pipeline.flights.isEmpty { self.needsReset = result.needsReset }
        if result.distrustsPipelining {
            self.distrustsPipelining = true
            pipeline.source.distrustPipelining()
        }
        self.conclude(flight, result, pipeline)
        if result.mustClose {
            let reply = result.failure?.reply
            let closing = reply.flatMap { $0.announcesClosing ? ConnectionFailure.serverClosing($0) : nil }
            self.end(pipeline, closing ?? .closedLocally)
        }
    }

    /// Decides what a transaction that came to its end means for its message.
    private func conclude(_ flight: Flight, _ result: TransactionResult, _ pipeline: Pipeline) {
        guard !flight.isForsaken else {
            pipeline.tally.failed += 1
            return
        }
        if result.failure != nil || result.recipients.contains(where: { $0.disposition != .accepted }) {
            self.noteSlowDown(result, pipeline)
        }
        if !result.deferred.isEmpty {
            var delivering = flight.parcel.delivering
            _ = delivering.takePortion(by: self.extensions.limits)
            self.describe(flight, in: &delivering)
            delivering.take(result)
            let rest = flight.parcel.continuing(delivering)
            if pipeline.exclusive == nil { pipeline.exclusive = rest } else { pipeline.moving.append(rest) }
            return
        }
        let isAccepted = result.recipients.contains { $0.disposition == .accepted }
        if isAccepted, let finalReply = result.finalReply,
            result.failure == nil || result.recipients.allSatisfy({ $0.disposition != .unknown })
        {
            pipeline.hasDelivered = true
            pipeline.finish(flight.parcel, .success(self.receipt(flight, result, finalReply)))
            return
        }
        let failure =
            result.failure
            ?? TransactionFailure(reason: .unexpectedReply, stage: .finalReply, reply: result.finalReply)
        let error = Self.error(
            failure,
            sender: flight.message.envelope.sender,
            recipients: result.recipients
        )
        self.fail(flight, error, mayFallBack: result.distrustsPipelining, pipeline)
    }

    /// Reports a failure, unless the message may quietly go over another connection.
    func fail(_ flight: Flight, _ error: SMTPError, mayFallBack: Bool = false, _ pipeline: Pipeline) {
        let parcel = flight.parcel
        let isStale = flight.isLater && error.meansStaleConnection
        // A server that stumbled over a group gets the message once more, command by command.
        let fallsBack = mayFallBack && parcel.moves == 0 && error.meansNobodyAccepted
        if isStale || fallsBack, let moved = parcel.moved() {
            pipeline.moving.append(moved)
        } else {
            pipeline.finish(parcel, .failure(error))
        }
    }

    private func noteSlowDown(_ result: TransactionResult, _ pipeline: Pipeline) {
        let replies = [result.failure?.reply] + result.recipients.map(\.reply)
        guard let reply = replies.lazy.compactMap({ $0 }).first(where: \.asksToSlowDown) else { return }
        pipeline.source.slowDown(pipeline.connection, reply, hasDelivered: pipeline.hasDelivered)
    }

    private func receipt(_ flight: Flight, _ result: TransactionResult, _ finalReply: Reply) -> SendReceipt {
        let now = self.channel.eventLoop.now
        return SendReceipt(
            recipients: result.recipients,
            finalReply: finalReply,
            messageID: flight.message.messageID,
            negotiation: .init(
                flavour: self.server.flavour,
                serverName: self.extensions.serverName,
                tls: self.tls,
                pipelining: flight.transaction.plan.pipelining,
                usedChunking: flight.transaction.plan.contentCommand != .data,
                mailParameters: flight.mailParameters
            ),
            timings: .init(
                envelope: flight.contentBegun.since(flight.begun),
                content: .zero,
                finalReply: now.since(flight.contentBegun)
            ),
            octets: flight.octets,
            transactions: 1
        )
    }

    private func describe(_ flight: Flight, in delivering: inout Delivering) {
        let plan = flight.transaction.plan
        delivering.flavour = plan.flavour
        delivering.serverName = self.extensions.serverName
        delivering.tls = self.tls
        delivering.pipelining = plan.pipelining
        delivering.usedChunking = plan.contentCommand != .data
        delivering.mailParameters = flight.mailParameters
        delivering.octets = flight.octets
        delivering.envelopeTime = flight.contentBegun.since(flight.begun)
        delivering.finalTime = self.channel.eventLoop.now.since(flight.contentBegun)
    }
}

extension SMTPError {
    /// Whether the first command over an idle connection found it closed, or about to be (421, or 451 4.4.2
    /// of some).
    var meansStaleConnection: Bool {
        // Once anybody was accepted, by an earlier transaction of the same message, nothing may go out twice.
        guard self.stage == .mail || self.stage == .reset, self.meansNobodyAccepted else { return false }
        switch self.code {
        case .disconnected, .serverClosing, .commandRefused: return true
        case .senderRefused: return self.reply?.enhancedStatus == EnhancedStatusCode(4, 4, 2)
        default: return false
        }
    }

    /// Whether it is certain that nobody accepted the message.
    var meansNobodyAccepted: Bool {
        switch self.acceptance {
        case .notAccepted, .refusedTemporarily, .refusedPermanently: true
        case .partly, .unknown: false
        }
    }
}

extension Reply {
    /// Whether the server asks for fewer messages, or fewer connections, for a while.
    var asksToSlowDown: Bool {
        switch self.code.value {
        case 421, 432, 454: true
        case 450, 451: self.enhancedStatus.map { $0.subject == 7 } ?? false
        default: false
        }
    }
}
