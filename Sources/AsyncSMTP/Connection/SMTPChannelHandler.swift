package import NIOCore
internal import NIOOpenSSL
package import SMTPCore

/// Carries out what ``ConnectionStateMachine`` decides; lives on the event loop of its channel and only
/// there.
package final class SMTPChannelHandler: ChannelDuplexHandler {
    package typealias InboundIn = ByteBuffer
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    private var machine: ConnectionStateMachine
    private let eventLoop: any EventLoop
    private var context: ChannelHandlerContext?
    private var reader: CheckedContinuation<ConnectionStateMachine.ReadAnswer, Never>?
    private var writer: CheckedContinuation<ConnectionStateMachine.WriteAnswer, Never>?
    private var lastWaitID: ConnectionStateMachine.WaitID = 0
    /// Answers to waits whose continuations are still on their way: a task that prefers an executor takes a turn
    /// of the event loop between asking and waiting.
    private var earlyReadAnswer: ConnectionStateMachine.ReadAnswer?
    private var earlyWriteAnswer: ConnectionStateMachine.WriteAnswer?
    private var isLineConsumerWaiting = false
    private var timer: Scheduled<Void>?
    private var lastError: (any Error)?

    /// Gets what ``awaitLine()`` waited for.
    var lineConsumer: ((ConnectionStateMachine.ReadAnswer) -> Void)?
    /// Called once when the connection has ended, whoever ended it.
    var onEnd: (() -> Void)?

    /// Latest time at which the line a reader waits for must be here.
    package var readDeadline = NIODeadline.distantFuture

    package init(eventLoop: any EventLoop, limits: ReplyLimits) {
        self.eventLoop = eventLoop
        self.machine = ConnectionStateMachine(limits: limits)
    }

    // MARK: For the session

    /// Whether the connection is open and the server owes nothing.
    package var isIdle: Bool { self.machine.isIdle && self.context != nil }

    /// Whether the connection is open.
    package var isOpen: Bool { self.machine.isOpen && self.context != nil }

    /// Whether lines may have the length of a SASL challenge.
    package var allowsLongLines: Bool {
        get { self.machine.allowsLongLines }
        set { self.machine.allowsLongLines = newValue }
    }

    /// Whether octets of the server are here that nobody asked for yet.
    package var hasUnreadData: Bool { self.machine.hasUnreadData }

    /// Replies the server still owes.
    package var repliesOwed: Int { self.machine.repliesOwed }

    /// Whether lines of replies are here that nobody took yet.
    var hasUnreadReplies: Bool { self.machine.hasUnreadReplies }

    /// Takes back the reply that a 354 promised.
    func forgetPromise() {
        self.machine.forgetPromise()
    }

    /// Writes octets that `repliesExpected` replies will answer, and flushes them unless more follows at
    /// once.
    package func write(
        _ bytes: ByteBuffer,
        repliesExpected: Int,
        flushes: Bool = true,
        promise: EventLoopPromise<Void>? = nil
    ) throws(ConnectionFailure) {
        let failure = self.machine.willWrite(repliesExpected: repliesExpected)
        guard failure == nil, let context else {
            let failure = failure ?? .closedLocally
            self.abandon(failure)
            throw failure
        }
        context.write(self.wrapOutboundOut(bytes), promise: promise)
        if flushes { context.flush() }
    }

    /// Ends an exchange: nothing more is owed.
    package func settle() {
        if let failure = self.machine.settle() { self.abandon(failure) }
    }

    /// STARTTLS is about to be written: nothing may follow its 220.
    func willAskForTLS() {
        self.machine.willAskForTLS()
    }

    /// Puts TLS between this handler and the network, after the server has said 220 to STARTTLS.
    func insert(_ tls: TLSHandler) throws(ConnectionFailure) {
        let failure = self.machine.beginTLS()
        guard failure == nil, let context else { throw failure ?? .closedLocally }
        do {
            try context.pipeline.syncOperations.addHandler(tls, position: .before(self))
        } catch {
            throw .network(error)
        }
    }

    /// Waits until the handshake is done, at most until `deadline`.
    ///
    /// A handshake that fails, takes too long or belongs to a cancelled task ends the connection.
    ///
    /// - Parameter isolation: An actor on the event loop of the connection.
    func handshake(
        of tls: TLSHandler,
        deadline: NIODeadline,
        isolation: isolated (any Actor)?
    ) async throws(ConnectionFailure) -> TLSSession {
        let handler = NIOLoopBound(self, eventLoop: self.eventLoop)
        let eventLoop = self.eventLoop
        let giveUp: @Sendable (ConnectionFailure) -> Void = { failure in
            eventLoop.execute { handler.value.abandon(failure) }
        }
        let timer = eventLoop.scheduleTask(deadline: deadline) { giveUp(.timedOut) }
        defer { timer.cancel() }
        let handshake = tls.handshake
        do {
            return try await withTaskCancellationHandler {
                try await handshake.get()
            } onCancel: {
                giveUp(.cancelled)
            }
        } catch {
            let own = self.machine.failure
            self.abandon(.closedLocally)
            switch own {
            case .timedOut, .cancelled: throw own ?? .closedLocally
            default: throw (error as? TLSError).map(ConnectionFailure.tls) ?? .network(error)
            }
        }
    }

    /// The next line, waiting for it until ``readDeadline``.
    ///
    /// - Parameter isolation: An actor on the event loop of the connection.
    func nextLine(isolation: isolated (any Actor)?) async -> ConnectionStateMachine.ReadAnswer {
        self.lastWaitID += 1
        let id = self.lastWaitID
        let answer = self.machine.nextLine(id, deadline: self.readDeadline)
        guard case .wait(let timer) = answer else {
            self.resumeReadingIfDrained()
            return answer
        }
        self.schedule(timer)
        self.earlyReadAnswer = nil
        return await self.cancellable(id, isolation: isolation) { continuation in
            if let answer = self.earlyReadAnswer {
                self.earlyReadAnswer = nil
                continuation.resume(returning: answer)
            } else {
                self.reader = continuation
            }
        }
    }

    /// The next line that is here already; nil does not tell whether there will be another.
    func takeLine() -> ReplyLine? {
        guard let line = self.machine.takeLine() else { return nil }
        self.resumeReadingIfDrained()
        return line
    }

    /// Waits for the next line until ``readDeadline``, without a task: ``lineConsumer`` gets it, now or later.
    func awaitLine() {
        self.lastWaitID += 1
        let answer = self.machine.nextLine(self.lastWaitID, deadline: self.readDeadline)
        guard case .wait(let timer) = answer else {
            self.resumeReadingIfDrained()
            self.lineConsumer?(answer)
            return
        }
        self.isLineConsumerWaiting = true
        self.schedule(timer)
    }

    /// Waits until there is room to write, until `deadline` at the latest.
    ///
    /// - Parameter isolation: An actor on the event loop of the connection.
    func waitUntilWritable(
        deadline: NIODeadline,
        isolation: isolated (any Actor)?
    ) async throws(ConnectionFailure) {
        self.lastWaitID += 1
        let id = self.lastWaitID
        var answer = self.machine.awaitWritable(id, deadline: deadline)
        if case .wait(let timer) = answer {
            self.schedule(timer)
            self.earlyWriteAnswer = nil
            answer = await self.cancellable(id, isolation: isolation) { continuation in
                if let answer = self.earlyWriteAnswer {
                    self.earlyWriteAnswer = nil
                    continuation.resume(returning: answer)
                } else {
                    self.writer = continuation
                }
            }
        }
        if case .failed(let failure) = answer { throw failure }
    }

    /// Why the connection ended; nil while it is open.
    var failure: ConnectionFailure? { self.machine.failure }

    /// Gives the connection up: whoever waits gets `failure`, the channel is closed without another octet.
    package func abandon(_ failure: ConnectionFailure) {
        // TLS must not go on to deliver what was written: what has not left yet counts as never sent.
        if self.machine.isOpen {
            self.context?.triggerUserOutboundEvent(TLSHandler.Abandonment(), promise: nil)
        }
        self.apply(self.machine.abandon(failure))
    }

    /// Closes the channel; whoever waits, or asks later, is told that this side closed it.
    package func close() {
        self.apply(self.machine.close())
    }

    private func cancellable<Answer: Sendable>(
        _ id: ConnectionStateMachine.WaitID,
        isolation: isolated (any Actor)?,
        store: (CheckedContinuation<Answer, Never>) -> Void
    ) async -> Answer {
        let handler = NIOLoopBound(self, eventLoop: self.eventLoop)
        let eventLoop = self.eventLoop
        return await withTaskCancellationHandler {
            // Capturing the actor keeps the closure on it: the wait is registered already, and what it waits
            // for must not come while the continuation is on its way from another thread.
            _ = isolation
            return await withCheckedContinuation(isolation: isolation) { continuation in
                eventLoop.assertInEventLoop()
                store(continuation)
            }
        } onCancel: {
            eventLoop.execute { handler.value.apply(handler.value.machine.cancelled(id)) }
        }
    }

    // MARK: Channel events

    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        self.apply(self.machine.ended(self.lastError))
        self.tellEnd()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.apply(self.machine.received(self.unwrapInboundIn(data)))
    }

    package func read(context: ChannelHandlerContext) {
        if self.machine.wantsReading { context.read() }
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        self.apply(self.machine.writabilityChanged(to: context.channel.isWritable))
        context.fireChannelWritabilityChanged()
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Octets that came before the error are still read: a server says why it closes. The end follows.
        self.lastError = error
        context.close(promise: nil)
    }

    package func channelInactive(context: ChannelHandlerContext) {
        self.apply(self.machine.ended(self.lastError))
        self.tellEnd()
        context.fireChannelInactive()
    }

    private func tellEnd() {
        self.lineConsumer = nil
        guard let onEnd = self.onEnd else { return }
        self.onEnd = nil
        onEnd()
    }

    private func apply(_ effects: ConnectionStateMachine.Effects) {
        self.schedule(effects.timer)
        if let answer = effects.reader {
            if let reader = self.reader {
                self.reader = nil
                reader.resume(returning: answer)
            } else if self.isLineConsumerWaiting {
                self.isLineConsumerWaiting = false
                self.lineConsumer?(answer)
            } else {
                self.earlyReadAnswer = answer
            }
        }
        if let answer = effects.writer {
            if let writer = self.writer {
                self.writer = nil
                writer.resume(returning: answer)
            } else {
                self.earlyWriteAnswer = answer
            }
        }
        if effects.closes {
            self.timer?.cancel()
            self.timer = nil
            self.context?.close(promise: nil)
        } else if effects.resumesReading {
            self.context?.read()
        }
    }

    private func resumeReadingIfDrained() {
        if self.machine.resumeReadingIfDrained() { self.context?.read() }
    }

    private func schedule(_ deadline: NIODeadline?) {
        guard let deadline else { return }
        self.timer?.cancel()
        let handler = NIOLoopBound(self, eventLoop: self.eventLoop)
        self.timer = self.eventLoop.scheduleTask(deadline: deadline) {
            let handler = handler.value
            handler.timer = nil
            handler.apply(handler.machine.timerFired(at: handler.eventLoop.now))
        }
    }
}
