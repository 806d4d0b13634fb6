internal import NIOCore
internal import SMTPCore

extension SMTPSession {
    // MARK: Turns

    /// Waits for the turn to use the connection, until `deadline`, which then holds for the whole exchange.
    ///
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/cancelled`` or ``SMTPError/Code/timedOut``; the
    ///   connection is not harmed then.
    func takeTurn(stage: Stage, deadline: NIODeadline = .distantFuture) async throws(SMTPError) {
        if Task.isCancelled { throw SMTPError(ConnectionFailure.cancelled, stage: stage) }
        if !self.turn.takeIfFree() {
            guard await self.waitForTurn(until: deadline) else {
                let failure: ConnectionFailure = Task.isCancelled ? .cancelled : .timedOut
                throw SMTPError(failure, stage: stage)
            }
        }
        self.exchangeDeadline = deadline
        let handler = self.handler.value
        guard !handler.isOpen || (handler.repliesOwed == 0 && !handler.hasUnreadReplies) else {
            // An old reply must never be paired with a new command.
            self.turn.release()
            throw SMTPError(.badSequence, "replies to putCommand or raw octets are unread", stage: stage)
        }
    }

    /// Takes the turn for a step that does not wait for others; ``ExchangeTurn/release()`` must follow.
    func takeTurnAtOnce() throws(SMTPError) {
        guard self.turn.takeIfFree() else {
            throw SMTPError(.badSequence, "another exchange is under way", stage: .command)
        }
    }

    private func waitForTurn(until deadline: NIODeadline) async -> Bool {
        let id = self.turn.makeID()
        let eventLoop = self.channel.eventLoop
        let giveUp: @Sendable () -> Void = { self.assumeIsolated { $0.turn.cancel(id) } }
        let timer = deadline == .distantFuture ? nil : eventLoop.scheduleTask(deadline: deadline, giveUp)
        defer { timer?.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { self.turn.wait(id, $0) }
        } onCancel: {
            eventLoop.execute(giveUp)
        }
    }

    /// Ends an exchange and lets the next one begin.
    func releaseTurn() {
        self.exchangeDeadline = .distantFuture
        self.handler.value.settle()
        self.turn.release()
    }

    // MARK: Octets

    /// Writes octets of commands.
    func write(_ bytes: ByteBuffer, replies: Int, flushes: Bool = true) throws(ConnectionFailure) {
        self.recorder.recordCommands(bytes, at: self.channel.eventLoop.now)
        try self.handler.value.write(bytes, repliesExpected: replies, flushes: flushes)
    }

    /// Reads the reply that is due next, within `timeout` and before the deadline of the exchange.
    func nextReply(timeout: Duration) async throws(ConnectionFailure) -> Reply {
        let now = self.channel.eventLoop.now
        self.handler.value.readDeadline = min(now.advanced(by: timeout), self.exchangeDeadline)
        var iterator = self.replies.makeAsyncIterator()
        do throws(ConnectionFailure) {
            guard let reply = try await iterator.next(isolation: self) else { throw .closedByServer }
            self.recorder.recordReply(reply, at: self.channel.eventLoop.now)
            return reply
        } catch {
            let failure = error.redacting(self.recorder.secrets)
            self.recorder.record(.event, "\(failure)", at: self.channel.eventLoop.now)
            self.abandon(failure)
            throw failure
        }
    }

    /// Reads the reply that is due next.
    func readReply(_ stage: Stage, timeout: Duration) async throws(SMTPError) -> Reply {
        do throws(ConnectionFailure) {
            return try await self.nextReply(timeout: timeout)
        } catch {
            throw SMTPError(error, stage: stage)
        }
    }

    // MARK: Commands

    /// Sends one command and reads its reply, as an exchange of its own.
    func exchange(
        _ command: Command,
        stage: Stage,
        timeout: Duration,
        allowsUTF8: Bool = false
    ) async throws(SMTPError) -> Reply {
        let buffer = try self.encode(command, stage: stage, allowsUTF8: allowsUTF8)
        try await self.takeTurn(stage: stage)
        defer { self.releaseTurn() }
        return try await self.exchangeInTurn(buffer, stage: stage, timeout: timeout)
    }

    /// Sends octets that one reply answers, inside an exchange that has the turn.
    func exchangeInTurn(_ bytes: ByteBuffer, stage: Stage, timeout: Duration) async throws(SMTPError) -> Reply
    {
        do throws(ConnectionFailure) {
            try self.write(bytes, replies: 1)
            let reply = try await self.nextReply(timeout: timeout)
            if reply.announcesClosing {
                // What comes later on this connection fails with the same reply.
                self.abandon(.serverClosing(reply.redacting(self.recorder.secrets)))
            }
            return reply
        } catch {
            throw SMTPError(error, stage: stage)
        }
    }

    /// Encodes and sends one command inside an exchange that has the turn.
    func exchangeInTurn(_ command: Command, stage: Stage, timeout: Duration) async throws(SMTPError) -> Reply
    {
        try await self.exchangeInTurn(
            self.encode(command, stage: stage),
            stage: stage,
            timeout: timeout
        )
    }

    /// Octets of a command that may be sent as things stand.
    func encode(
        _ command: Command,
        stage: Stage,
        allowsUTF8: Bool = false
    ) throws(SMTPError) -> ByteBuffer {
        try self.checkEncryption(for: command.verb, stage: stage)
        var buffer = ByteBuffer()
        do throws(CommandError) {
            try CommandEncoder(allowsUTF8: allowsUTF8).encode(command, into: &buffer)
        } catch {
            throw SMTPError(error, stage: stage)
        }
        return buffer
    }
}
