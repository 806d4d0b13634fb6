internal import DequeModule
internal import NIOCore
internal import SMTPCore

extension SMTPSession {
    // MARK: Messages that need the connection for themselves

    func deliver(_ parcel: Parcel) async {
        guard let pipeline else { return }
        let before = parcel.delivering
        var delivering = before
        let distrusted = self.distrustsPipelining
        let wasUsed = self.transactionCount > 0
        do throws(SMTPError) {
            try await self.advance(&delivering)
            if delivering.isUnfinished {
                pipeline.moving.append(parcel.continuing(delivering))
            } else {
                self.finish(parcel, delivering, pipeline)
            }
        } catch {
            pipeline.hasDelivered = pipeline.hasDelivered || wasUsed
            // A connection that turns out to have been closed while it was idle is replaced silently.
            if parcel.message.content.isRereadable, wasUsed, !before.isAccepted, error.meansStaleConnection,
                let moved = parcel.moved()
            {
                pipeline.moving.append(moved)
            } else {
                do throws(SMTPError) {
                    try delivering.end(with: error)
                    self.finish(parcel, delivering, pipeline)
                } catch {
                    pipeline.finish(parcel, .failure(error))
                }
            }
            if let reply = error.reply, reply.asksToSlowDown {
                pipeline.source.slowDown(pipeline.connection, reply, hasDelivered: pipeline.hasDelivered)
            }
        }
        if self.distrustsPipelining, !distrusted { pipeline.source.distrustPipelining() }
        pipeline.exclusive = nil
        pipeline.exclusiveTask = nil
        if pipeline.hasEnded {
            self.returnMoving(pipeline)
            if !pipeline.tally.isEmpty { pipeline.fetch(atMost: 0) }
            pipeline.source.ended(pipeline.connection, self.handler.value.failure)
            self.tellOutcomes(pipeline)
        } else {
            self.proceed(pipeline)
        }
    }

    private func finish(_ parcel: Parcel, _ delivering: Delivering, _ pipeline: Pipeline) {
        do throws(SMTPError) {
            let receipt = try delivering.receipt()
            pipeline.hasDelivered = true
            pipeline.finish(parcel, .success(receipt))
        } catch {
            pipeline.finish(parcel, .failure(error))
        }
    }

    // MARK: Ending

    func connectionEnded() {
        guard let pipeline else { return }
        self.end(pipeline, self.handler.value.failure ?? .closedLocally)
        self.proceed(pipeline)
    }

    /// The connection ends with messages in flight: each gets the truth, and those that were certainly not
    /// accepted through no fault of theirs go over another connection.
    func end(_ pipeline: Pipeline, _ failure: ConnectionFailure) {
        guard !pipeline.hasEnded else { return }
        pipeline.hasEnded = true
        let failure = failure.redacting(self.recorder.secrets)
        self.recorder.record(.event, "\(failure)", at: self.channel.eventLoop.now)
        self.abandon(failure)
        // What stands behind a 421 was not looked at any more (RFC 5321 section 3.8).
        let isClosing = if case .serverClosing = failure { true } else { false }
        var isFirst = !isClosing
        while let flight = pipeline.removeFirst() {
            defer { isFirst = false }
            guard !flight.isForsaken else {
                pipeline.tally.failed += 1
                continue
            }
            if !isFirst, isClosing || !flight.isContentHanded,
                let moved = flight.parcel.moved(counts: !pipeline.hasDelivered)
            {
                pipeline.moving.append(moved)
                continue
            }
            self.fail(flight, Self.error(failure, of: flight, isBehindClosing: isClosing), pipeline)
        }
        pipeline.moving.append(contentsOf: pipeline.ready)
        pipeline.ready.removeAll()
        guard pipeline.exclusiveTask == nil else { return }
        if let parcel = pipeline.exclusive { pipeline.moving.append(parcel) }
        pipeline.exclusive = nil
        self.returnMoving(pipeline)
        if !pipeline.tally.isEmpty { pipeline.fetch(atMost: 0) }
        pipeline.source.ended(pipeline.connection, failure)
        self.tellOutcomes(pipeline)
    }

    static func error(
        _ failure: ConnectionFailure,
        of flight: Flight,
        isBehindClosing: Bool = false
    ) -> SMTPError {
        let result = flight.transaction.result(
            isContentDelivered: flight.isContentHanded && !isBehindClosing
        )
        // A refusal that came before the connection went is the better explanation.
        if let refusal = flight.transaction.refusal, failure.mayHideReply {
            return Self.error(
                refusal,
                sender: flight.message.envelope.sender,
                recipients: result.recipients
            )
        }
        return SMTPError(failure, stage: flight.transaction.currentStage, recipients: result.recipients)
    }
}
