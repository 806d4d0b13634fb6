internal import DequeModule
internal import NIOCore
internal import SMTPCore

extension SMTPSession {
    // MARK: Writing

    /// Writes what may be written, tells what is known, and waits for what is owed.
    func proceed(_ pipeline: Pipeline) {
        guard !pipeline.isProceeding else { return }
        pipeline.isProceeding = true
        defer { pipeline.isProceeding = false }
        repeat {
            repeat {
                self.returnMoving(pipeline)
                guard !pipeline.hasEnded else { break }
                self.settleReplies(pipeline)
                self.fill(pipeline)
            } while self.writeGroup(pipeline)
            if !pipeline.tally.isEmpty { pipeline.fetch(atMost: 0) }
            self.tellOutcomes(pipeline)
            guard !pipeline.hasEnded else { return }
            guard !pipeline.flights.isEmpty else {
                self.rest(pipeline)
                return
            }
            // A line that is here already is taken at once, and there is more to do then.
            if !pipeline.isWaiting { self.awaitReply(pipeline) }
        } while !pipeline.isWaiting && !pipeline.hasEnded
    }

    /// Nothing is in flight: what comes now, or came without being owed, belongs to nobody.
    private func settleReplies(_ pipeline: Pipeline) {
        guard pipeline.flights.isEmpty, pipeline.exclusiveTask == nil else { return }
        self.handler.value.settle()
    }

    func returnMoving(_ pipeline: Pipeline) {
        guard !pipeline.moving.isEmpty else { return }
        let parcels = pipeline.moving
        pipeline.moving = []
        pipeline.source.returned(pipeline.connection, parcels)
    }

    func tellOutcomes(_ pipeline: Pipeline) {
        guard !pipeline.outcomes.isEmpty else { return }
        let outcomes = pipeline.outcomes
        pipeline.outcomes = []
        outcomes.deliver()
    }

    /// Nothing is in flight: a message that wants the connection for itself may have it.
    private func rest(_ pipeline: Pipeline) {
        guard pipeline.exclusiveTask == nil, self.isOpen else { return }
        if pipeline.idleSince == nil { pipeline.idleSince = self.channel.eventLoop.now }
        if !self.allowsTransaction, !pipeline.isRetired {
            pipeline.isRetired = true
            pipeline.source.retired(pipeline.connection)
            pipeline.moving.append(contentsOf: pipeline.ready)
            pipeline.ready.removeAll()
            if let parcel = pipeline.exclusive { pipeline.moving.append(parcel) }
            pipeline.exclusive = nil
            self.returnMoving(pipeline)
        } else if let parcel = pipeline.exclusive {
            pipeline.idleSince = nil
            pipeline.exclusiveTask = Task(executorPreference: LoopTaskExecutor(self.channel.eventLoop)) {
                await self.deliver(parcel)
            }
        }
    }

    private func awaitReply(_ pipeline: Pipeline) {
        guard let flight = pipeline.flights.first else { return }
        let timeout = self.timeout(of: flight.transaction.currentStage)
        let handler = self.handler.value
        // The time is that of the whole reply, however many lines it has.
        if !pipeline.assembler.isInsideReply {
            handler.readDeadline = min(self.channel.eventLoop.now.advanced(by: timeout), flight.deadline)
        }
        pipeline.isWaiting = true
        handler.awaitLine()
    }

    /// Gathers content the server has asked for and the commands of further messages.
    private func fill(_ pipeline: Pipeline) {
        guard !pipeline.isWriting else { return }
        let now = self.channel.eventLoop.now
        if let last = pipeline.flights.last, last.transaction.isContentNext {
            guard !last.isForsaken else {
                // Nothing but the end of the connection keeps a message from being sent now.
                self.end(pipeline, .closedLocally)
                return
            }
            self.appendContent(of: last, pipeline, now)
        }
        while self.canBegin(pipeline), let parcel = self.nextParcel(pipeline) {
            if parcel.waiter.isCancelled {
                pipeline.finish(
                    parcel,
                    parcel.result(endingWith: Self.cancelledInQueue)
                )
            } else if parcel.isExclusive || !self.canShare(parcel.message) {
                pipeline.exclusive = parcel
            } else {
                self.begin(parcel, pipeline, now)
            }
        }
    }

    private func canBegin(_ pipeline: Pipeline) -> Bool {
        pipeline.exclusive == nil && !pipeline.isRetired && self.allowsTransaction && self.isOpen
            && pipeline.group.readableBytes < Pipeline.maximumGroupLength && pipeline.room > 0
            && pipeline.flights.last?.transaction.isContentWritten ?? true
    }

    private func nextParcel(_ pipeline: Pipeline) -> Parcel? {
        if pipeline.ready.isEmpty {
            pipeline.fetch(atMost: self.sendsInChunks ? pipeline.room : 1)
        }
        return pipeline.ready.popFirst()
    }

    private func canShare(_ message: PreparedMessage) -> Bool {
        self.pipeliningLimit.level == .session && !self.hasManualTransaction
            && message.envelope.recipients.count <= self.extensions.limits.recipients ?? .max
    }

    private func begin(_ parcel: Parcel, _ pipeline: Pipeline, _ now: NIODeadline) {
        let message = parcel.message
        guard let wire = message.wire else { return }
        // Where BDAT is refused the server may keep the transaction open.
        let isOpenBefore = pipeline.flights.last.map { $0.transaction.plan.contentCommand != .data } ?? false
        var plan = self.plan(for: message, most: .session, beginsWithReset: self.needsReset || isOpenBefore)
        if plan.contentCommand != .data, let idle = pipeline.idleSince, now - idle >= Pipeline.staleTime {
            // A connection that turns out to be closed must not have the content: nobody could tell its fate.
            plan.contentCommand = .bdat(atOnce: false)
        }
        let start = pipeline.group.writerIndex
        let flight: Flight
        do throws(SMTPError) {
            flight = try self.flight(of: parcel, plan, pipeline, now)
        } catch {
            pipeline.finish(parcel, .failure(error))
            return
        }
        if self.recorder.isActive, let commands = pipeline.group.getSlice(at: start, length: flight.length) {
            self.recorder.recordCommands(commands, at: now)
        }
        flight.length += wire.original.readableBytes
        pipeline.repliesToGroup += flight.transaction.replyCount
        self.needsReset = false
        self.transactionCount += 1
        pipeline.append(flight)
        pipeline.idleSince = nil
        if flight.transaction.isContentNext { self.appendContent(of: flight, pipeline, now) }
    }

    /// Appends the commands of a message to the group.
    private func flight(
        of parcel: Parcel,
        _ plan: TransactionPlan,
        _ pipeline: Pipeline,
        _ now: NIODeadline
    ) throws(SMTPError) -> Flight {
        let start = pipeline.group.writerIndex
        let limit = self.configuration.timeouts.send
        let mailParameters = try self.mailParameters(of: parcel.message)
        let recipients = parcel.message.envelope.uniqueRecipients
        let recipientParameters = try self.parameters(of: recipients)
        do throws(CommandError) {
            let flight = Flight(
                parcel,
                try Transaction(
                    sender: parcel.message.envelope.sender,
                    parameters: mailParameters,
                    recipients: recipients,
                    recipientParameters: recipientParameters,
                    plan: plan,
                    appendingTo: &pipeline.group
                ),
                mailParameters: mailParameters,
                isLater: self.transactionCount > 0,
                deadline: limit.map { now.advanced(by: $0) } ?? .distantFuture,
                now: now
            )
            flight.length = pipeline.group.writerIndex - start
            return flight
        } catch {
            throw SMTPError(error)
        }
    }

    private func appendContent(of flight: Flight, _ pipeline: Pipeline, _ now: NIODeadline) {
        guard let wire = flight.message.wire else { return }
        let replies = flight.transaction.finalReplyCount
        if flight.transaction.plan.contentCommand != .data {
            pipeline.group.writeStaticString("BDAT ")
            pipeline.group.writeString(String(wire.chunk.readableBytes))
            pipeline.group.writeStaticString(" LAST\r\n")
            pipeline.group.writeImmutableBuffer(wire.chunk)
            flight.octets = UInt64(wire.chunk.readableBytes)
            pipeline.repliesToGroup += replies
        } else {
            pipeline.group.writeImmutableBuffer(wire.data)
            pipeline.group.writeStaticString(".\r\n")
            flight.octets = wire.dataLength
            // The first of the final replies is owed since the 354, and nothing else is.
            pipeline.repliesToGroup += max(0, replies - self.handler.value.repliesOwed)
        }
        flight.transaction.contentWritten()
        flight.contentBegun = now
        flight.isContentHanded = true
        if self.recorder.isActive {
            self.recorder.record(.client, "[\(flight.octets) octets of content]", at: now)
        }
    }

    /// Writes the group, one at a time.
    ///
    /// - Returns: Whether another may follow at once.
    private func writeGroup(_ pipeline: Pipeline) -> Bool {
        guard pipeline.group.readableBytes > 0, !pipeline.isWriting, !pipeline.hasEnded else { return false }
        let group = pipeline.group
        let replies = pipeline.repliesToGroup
        pipeline.group = ByteBuffer()
        pipeline.repliesToGroup = 0
        pipeline.isWriting = true
        let promise = self.channel.eventLoop.makePromise(of: Void.self)
        do throws(ConnectionFailure) {
            try self.handler.value.write(group, repliesExpected: replies, promise: promise)
        } catch {
            promise.fail(error)
            self.end(pipeline, error)
            return false
        }
        promise.futureResult.assumeIsolated().whenComplete { [weak self] _ in
            self?.assumeIsolated { $0.groupWritten() }
        }
        return !pipeline.isWriting && !pipeline.hasEnded
    }

    private func groupWritten() {
        guard let pipeline else { return }
        pipeline.isWriting = false
        self.proceed(pipeline)
    }
}
