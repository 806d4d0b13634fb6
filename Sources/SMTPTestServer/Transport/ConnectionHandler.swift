import NIOConcurrencyHelpers
import NIOCore
internal import NIOOpenSSL

/// The hands of a ``ServerStateMachine``: it brings it octets and carries out what it says, on the event
/// loop.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// A closed gate at which the connection has arrived.
    private struct Visit {
        let gate: SMTPTestServer.Gate
        let ticket: Int
    }

    private let configuration: SMTPTestServer.Configuration
    private let tls: TLSContext?
    private let script: ScriptRunner
    private let ledger: Ledger

    private var session: Session?
    /// The handler between this one and the socket; nil in clear.
    private var tlsHandler: TLSHandler?
    private var needsFlush = false
    private var isReadWithheld = false
    /// The gate that the machine waits at.
    private var heldAt: Visit?
    /// The gates that keep the socket from being read.
    private var readBarriers: [Visit] = []
    /// What ended the connection first; nil as long as nothing did.
    private var end: SMTPTestServer.SessionEnd?

    init(
        configuration: SMTPTestServer.Configuration,
        tls: TLSContext?,
        script: ScriptRunner,
        ledger: Ledger
    ) {
        self.configuration = configuration
        self.tls = tls
        self.script = script
        self.ledger = ledger
    }

    func channelActive(context: ChannelHandlerContext) {
        let index = self.ledger.openSession()
        let machine = ServerStateMachine(
            configuration: self.configuration,
            script: self.script,
            sessionIndex: index
        )
        let session = Session(index: index, machine: machine)
        self.session = session
        self.perform(session.machine.start(), context: context)
        self.flushReplies(context: context)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let session else { return }
        let octets = self.unwrapInboundIn(data)
        // What TLS says is not said in SMTP.
        if !session.machine.expectsTLS {
            self.ledger.received(octets, session: session.index)
        }
        self.perform(session.machine.receive(octets), context: context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.flushReplies(context: context)
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        self.readIfAllowed(context: context)
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? TLSError else {
            self.end = self.end ?? .clientReset
            context.close(promise: nil)
            return
        }
        // TLS closes the channel itself, its alert first.
        guard self.end == nil, let session else { return }
        self.note(.failedTLS("\(error)"), session: session)
        self.end = error.code == .truncated ? .clientClosed : .tlsFailed
    }

    func channelInactive(context: ChannelHandlerContext) {
        for visit in self.readBarriers + [self.heldAt].compactMap({ $0 }) {
            visit.gate.leave(visit.ticket)
        }
        self.heldAt = nil
        self.readBarriers = []
        if let session {
            for case .note(let fact) in session.machine.close() {
                self.note(fact, session: session)
            }
            let end = session.sawQuit && self.end != .serverReset ? .quit : self.end ?? .clientClosed
            self.ledger.closeSession(
                session.index,
                end: end,
                unfinishedContentCount: session.machine.unfinishedContentCount
            )
            self.session = nil
        }
        context.fireChannelInactive()
    }

    func read(context: ChannelHandlerContext) {
        if self.mayRead(context: context) {
            context.read()
        } else {
            self.isReadWithheld = true
        }
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        // Nothing but the shutdown of the server comes this way; what the handler closes, it closes below
        // itself.
        self.end = self.end ?? .serverClosed
        context.close(mode: mode, promise: promise)
    }

    private func perform(_ outputs: [Output], context: ChannelHandlerContext) {
        guard let session else { return }
        var outputs = outputs[...]
        while let output = outputs.popFirst() {
            switch output {
            case .write(let octets):
                self.write(octets, session: session, context: context)
            case .note(let fact):
                self.note(fact, session: session)
            case .hold(let gate):
                self.flushReplies(context: context)
                if !self.wait(at: gate, context: context) {
                    outputs = session.machine.resume()[...]
                }
            case .offer(let message):
                self.flushReplies(context: context)
                self.offer(message, context: context)
            case .stopReading(let gate):
                self.stopReading(until: gate, context: context)
            case .startTLS(let octets):
                self.flushReplies(context: context)
                self.startTLS(octets, context: context)
            case .writeInClear(let octets):
                self.flushReplies(context: context)
                self.ledger.sent(octets, session: session.index)
                let buffer = self.wrapOutboundOut(ByteBuffer(bytes: octets))
                self.contextBelowTLS(context).writeAndFlush(buffer, promise: nil)
            case .truncate:
                self.end = self.end ?? .serverClosed
                self.flushReplies(context: context)
                self.contextBelowTLS(context).close(mode: .output, promise: nil)
            case .close:
                self.end = self.end ?? .serverClosed
                self.flushReplies(context: context)
                context.close(mode: .output, promise: nil)
            case .reset:
                self.end = .serverReset
                self.flushReplies(context: context)
                SocketReset.close(self.contextBelowTLS(context))
            }
        }
    }

    /// Puts TLS between this handler and the socket, and gives it the octets that have arrived for it.
    private func startTLS(_ octets: ByteBuffer, context: ChannelHandlerContext) {
        guard let tls else { return }
        let handler: TLSHandler
        do {
            handler = try TLSHandler(server: tls, eventLoop: context.eventLoop)
            try context.pipeline.syncOperations.addHandler(handler, position: .before(self))
        } catch {
            self.end = self.end ?? .tlsFailed
            context.close(promise: nil)
            return
        }
        self.tlsHandler = handler
        handler.handshake.assumeIsolated().whenSuccess { tlsSession in
            guard let session = self.session else { return }
            self.perform(session.machine.secure(Security(tlsSession)), context: context)
            self.flushReplies(context: context)
        }
        context.pipeline.syncOperations.fireChannelRead(NIOAny(octets))
        context.pipeline.syncOperations.fireChannelReadComplete()
    }

    /// The context from which writing and closing go past TLS; the given one in clear.
    private func contextBelowTLS(_ context: ChannelHandlerContext) -> ChannelHandlerContext {
        guard let tlsHandler else { return context }
        return (try? context.pipeline.syncOperations.context(handler: tlsHandler)) ?? context
    }

    private func note(_ fact: SessionFact, session: Session) {
        if case .line(_, verb: "QUIT") = fact {
            session.sawQuit = true
        }
        self.ledger.note(fact, session: session.index)
    }

    private func write(_ octets: [UInt8], session: Session, context: ChannelHandlerContext) {
        guard !octets.isEmpty else { return }
        self.ledger.sent(octets, session: session.index)
        guard let pieces = self.configuration.segmentation.pieces(of: octets) else {
            context.write(self.wrapOutboundOut(ByteBuffer(bytes: octets)), promise: nil)
            self.needsFlush = true
            return
        }
        for piece in pieces {
            context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: piece)), promise: nil)
        }
    }

    private func flushReplies(context: ChannelHandlerContext) {
        guard self.needsFlush else { return }
        self.needsFlush = false
        context.flush()
    }

    /// Arranges that the machine is resumed when the gate opens; false when it is open already.
    private func wait(at gate: SMTPTestServer.Gate, context: ChannelHandlerContext) -> Bool {
        self.heldAt = self.visit(gate, context: context) { handler, context in
            handler.heldAt = nil
            guard let session = handler.session else { return }
            handler.perform(session.machine.resume(), context: context)
            handler.flushReplies(context: context)
            handler.readIfAllowed(context: context)
        }
        return self.heldAt != nil
    }

    /// Asks `Configuration.onMessage`, and resumes the machine with the answer.
    private func offer(_ message: SMTPTestServer.ReceivedMessage, context: ChannelHandlerContext) {
        guard let take = self.configuration.onMessage else { return }
        let refusal = NIOLockedValueBox<String?>(nil)
        let gate = SMTPTestServer.Gate()
        self.heldAt = self.visit(gate, context: context) { handler, context in
            handler.heldAt = nil
            guard let session = handler.session else { return }
            let outputs = session.machine.resume(refusal: refusal.withLockedValue { $0 })
            handler.perform(outputs, context: context)
            handler.flushReplies(context: context)
            handler.readIfAllowed(context: context)
        }
        Task {
            let answer = await take(message)
            refusal.withLockedValue { $0 = answer }
            gate.open()
        }
    }

    private func stopReading(until gate: SMTPTestServer.Gate, context: ChannelHandlerContext) {
        let visit = self.visit(gate, context: context) { handler, context in
            handler.readBarriers.removeAll { $0.gate === gate }
            handler.readIfAllowed(context: context)
        }
        if let visit {
            self.readBarriers.append(visit)
        }
    }

    /// Calls `body` on the event loop when the gate opens, unless the channel is gone by then; nil when it is
    /// open.
    private func visit(
        _ gate: SMTPTestServer.Gate,
        context: ChannelHandlerContext,
        body: @escaping @Sendable (ConnectionHandler, ChannelHandlerContext) -> Void
    ) -> Visit? {
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        let ticket = gate.arrive {
            eventLoop.execute {
                let (handler, context) = bound.value
                guard context.channel.isActive else { return }
                body(handler, context)
            }
        }
        return ticket.map { Visit(gate: gate, ticket: $0) }
    }

    private func mayRead(context: ChannelHandlerContext) -> Bool {
        let pending = self.session?.machine.pendingInputCount ?? 0
        let isFull = self.heldAt != nil && pending >= self.configuration.limits.heldInputOctets
        return self.readBarriers.isEmpty && context.channel.isWritable && !isFull
    }

    private func readIfAllowed(context: ChannelHandlerContext) {
        guard self.isReadWithheld, self.mayRead(context: context) else { return }
        self.isReadWithheld = false
        context.read()
    }
}
