package import NIOCore

/// TLS as one handler of a channel: octets of the network below, octets of the application above.
///
/// The handshake begins when the channel is active. Nothing the peer sends goes up before the peer is verified; what
/// is written before is held. Every failure sends its alert, fails the handshake, goes up as ``TLSError`` and closes
/// the channel. Lives on its event loop.
package final class TLSHandler: ChannelDuplexHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    /// Tells the handler, as an outbound event, that nothing of what was written may still go out: the close that
    /// follows is immediate, without close_notify.
    package struct Abandonment: Sendable {
        /// The event.
        package init() {}
    }

    private enum State {
        /// The channel is not active yet.
        case idle
        /// The handshake goes on.
        case handshaking
        /// Octets of the application flow.
        case open
        /// close_notify is written; octets still come in.
        case outputClosed
        /// Nothing flows any more.
        case finished
    }

    /// What a client is and wants; nil on a server.
    private struct Client {
        let configuration: TLSConfiguration
        let peer: PeerName
        let port: Int?
    }

    /// How long a close waits for its close_notify to leave.
    private static let closeDeadline = TimeAmount.seconds(1)
    /// How many octets of answers to the peer's own TLS messages may wait for the network: a peer that makes us answer
    /// and does not read would fill the memory.
    private static let maximumUnsentAnswers = 65_536
    /// How many decrypted octets go up in one piece.
    private static let pieceSize = 65_536

    private let context: TLSContext
    private let client: Client?
    let connection: SSLConnection
    private let promise: EventLoopPromise<TLSSession>
    private var state = State.idle
    private var session: TLSSession?
    private var firstOctets: [UInt8] = []
    private var isDecrypting = false
    private var unsentAnswers = 0
    private var writes = PendingWrites()
    private var isEncrypting = false
    private var waitingClose: WaitingClose?

    /// A handler for a client.
    ///
    /// - Parameters:
    ///   - peerName: The name or IP address the caller gave, which the server's certificate must be for.
    ///   - port: Tells sessions of several servers with one name apart.
    /// - Throws: ``TLSError`` with code `invalidConfiguration`, as for a name that is none.
    package init(
        client context: TLSContext,
        peerName: String,
        port: Int?,
        eventLoop: any EventLoop
    ) throws(TLSError) {
        guard let configuration = context.configuration else {
            throw .invalidConfiguration("the TLS context is one for servers")
        }
        let peer = try PeerName(peerName)
        self.context = context
        self.client = Client(configuration: configuration, peer: peer, port: port)
        self.connection = try SSLConnection(
            client: context.handle,
            configuration: configuration,
            peer: peer,
            session: configuration.resumesSessions ? context.takeSession(name: peer.text, port: port) : nil
        )
        self.promise = eventLoop.makePromise()
    }

    /// A handler for a server.
    ///
    /// - Throws: ``TLSError`` with code `invalidConfiguration`.
    package init(server context: TLSContext, eventLoop: any EventLoop) throws(TLSError) {
        guard context.configuration == nil else {
            throw .invalidConfiguration("the TLS context is one for clients")
        }
        self.context = context
        self.client = nil
        self.connection = try SSLConnection(server: context.handle)
        self.promise = eventLoop.makePromise()
    }

    deinit {
        // A handler that never came into a channel; without effect otherwise.
        self.promise.fail(Self.closed)
    }

    /// What the handshake establishes; fails with ``TLSError``.
    package var handshake: EventLoopFuture<TLSSession> { self.promise.futureResult }

    /// The octets that stand for this connection in an authentication; nil before the handshake is complete and where
    /// the kind is undefined.
    package func channelBinding(_ kind: TLSChannelBinding) -> [UInt8]? {
        self.session?.channelBinding(kind)
    }

    // MARK: - Coming and going

    package func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { self.begin(context) }
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        self.state = .finished
        self.promise.fail(Self.closed)
        self.failWrites(ChannelError.ioOnClosedChannel)
        self.waitingClose?.finish()
        self.waitingClose = nil
    }

    package func channelActive(context: ChannelHandlerContext) {
        self.begin(context)
        context.fireChannelActive()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        self.end(context)
        self.waitingClose?.finish()
        self.waitingClose = nil
        context.fireChannelInactive()
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed {
            // The network is at its end; TLS has no half of a connection without close_notify.
            self.end(context)
            self.closeTransport(context, promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    // MARK: - Octets in

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = self.unwrapInboundIn(data)
        switch self.state {
        case .idle, .finished:
            return
        case .handshaking:
            let room = 64 - self.firstOctets.count
            if room > 0 { self.firstOctets += buffer.readableBytesView.prefix(room) }
            if let error = TLSError.plaintext(self.firstOctets, isServer: self.client == nil) {
                self.fail(context, error)
                return
            }
        case .open, .outputClosed:
            break
        }
        guard self.connection.receive(buffer) else {
            self.fail(context, .afterHandshake(OpenSSLFailure.take(), isServer: self.client == nil))
            return
        }
        if self.state == .handshaking { self.advance(context) }
        self.decrypt(context)
    }

    package func triggerUserOutboundEvent(
        context: ChannelHandlerContext,
        event: Any,
        promise: EventLoopPromise<Void>?
    ) {
        guard event is Abandonment else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        if self.state != .finished {
            self.state = .finished
            self.promise.fail(Self.closed)
            self.failWrites(ChannelError.ioOnClosedChannel)
        }
        promise?.succeed(())
    }

    // MARK: - Octets out

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch self.state {
        case .idle, .handshaking, .open:
            self.writes.append(self.unwrapOutboundIn(data), promise: promise)
        case .outputClosed:
            promise?.fail(ChannelError.outputClosed)
        case .finished:
            promise?.fail(ChannelError.ioOnClosedChannel)
        }
    }

    package func flush(context: ChannelHandlerContext) {
        guard self.state != .finished else { return }
        self.writes.mark()
        self.encrypt(context)
    }

    package func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        switch (mode, self.state) {
        case (.output, .open):
            self.encrypt(context)
            guard self.state == .open else {
                context.close(mode: .output, promise: promise)
                return
            }
            self.state = .outputClosed
            self.failWrites(ChannelError.outputClosed)
            self.connection.shutdown()
            self.sendOutput(context)
            context.close(mode: .output, promise: promise)
        case (.all, .open), (.all, .outputClosed):
            self.encrypt(context)
            self.closeOrderly(context, promise: promise)
        case (.all, .idle), (.all, .handshaking):
            self.state = .finished
            self.failWrites(ChannelError.ioOnClosedChannel)
            self.promise.fail(Self.closed)
            context.close(promise: promise)
        default:
            context.close(mode: mode, promise: promise)
        }
    }

    /// Asks the client for another handshake (TLS 1.2), where the configuration allows it.
    ///
    /// - Parameter context: The handler's own.
    package func renegotiate(context: ChannelHandlerContext) {
        guard self.state == .open else { return }
        if case .failed(let failures) = self.connection.renegotiate() {
            self.fail(context, .afterHandshake(failures, isServer: self.client == nil))
        } else {
            self.sendOutput(context)
        }
    }

    // MARK: - The handshake

    private static let closed = TLSError(
        .closed,
        "the connection was closed before the TLS handshake was complete"
    )

    private var otherSide: String { self.client == nil ? "client" : "server" }

    private func begin(_ context: ChannelHandlerContext) {
        guard self.state == .idle else { return }
        self.state = .handshaking
        self.advance(context)
    }

    private func advance(_ context: ChannelHandlerContext) {
        switch self.connection.handshake() {
        case .done:
            self.complete(context)
        case .needsInput:
            self.sendOutput(context)
        case .ended:
            self.fail(context, .closedDuringHandshake(other: self.otherSide))
        case .failed(let failures):
            let circumstances = TLSError.Circumstances(
                failures: failures,
                verification: self.connection.verificationFailure,
                peer: self.client?.peer,
                minimumVersion: self.client?.configuration.minimumVersion ?? .tls12,
                firstOctets: self.firstOctets
            )
            self.fail(context, .handshake(circumstances))
        }
    }

    private func complete(_ context: ChannelHandlerContext) {
        let session: TLSSession
        do throws(TLSError) {
            session =
                if let client = self.client {
                    try self.connection.clientFacts(configuration: client.configuration, peer: client.peer)
                } else {
                    try self.connection.serverFacts()
                }
        } catch {
            self.connection.shutdown()
            self.fail(context, error)
            return
        }
        self.session = session
        self.state = .open
        self.firstOctets = []
        self.sendOutput(context)
        self.keepSessions(resumed: session.isResumed && session.version < .tls13)
        self.promise.succeed(session)
        self.encrypt(context)
    }

    private func keepSessions(resumed: Bool) {
        guard let client = self.client, client.configuration.resumesSessions else { return }
        // A ticket of TLS 1.2 may be used again; one of TLS 1.3 may not (RFC 8446, appendix C.4).
        if resumed, let session = self.connection.session {
            self.context.keep(session, name: client.peer.text, port: client.port)
        }
        for session in self.connection.takeOfferedSessions() {
            self.context.keep(session, name: client.peer.text, port: client.port)
        }
    }

    // MARK: - Decrypting

    private func decrypt(_ context: ChannelHandlerContext) {
        guard self.state == .open || self.state == .outputClosed, !self.isDecrypting else { return }
        self.isDecrypting = true
        defer { self.isDecrypting = false }
        var plain: ByteBuffer?
        while self.state == .open || self.state == .outputClosed {
            let expected = max(self.connection.inputCount, 512)
            var piece =
                plain.take() ?? context.channel.allocator.buffer(capacity: min(expected, Self.pieceSize))
            let outcome = self.connection.read(into: &piece, room: min(expected, 16_384))
            if case .done = outcome, piece.readableBytes < Self.pieceSize {
                plain = piece
                continue
            }
            if piece.readableBytes > 0 { context.fireChannelRead(self.wrapInboundOut(piece)) }
            switch outcome {
            case .done:
                break
            case .needsInput:
                self.answer(context)
                self.keepSessions(resumed: false)
                self.encrypt(context)
                return
            case .ended:
                self.closeOrderly(context, promise: nil)
                return
            case .failed(let failures):
                self.fail(context, .afterHandshake(failures, isServer: self.client == nil))
                return
            }
        }
    }

    /// Sends what reading made due: alerts, answers to key updates.
    private func answer(_ context: ChannelHandlerContext) {
        guard self.state != .finished else { return }
        var output = context.channel.allocator.buffer(capacity: 0)
        guard self.connection.drain(into: &output) else { return }
        let count = output.readableBytes
        self.unsentAnswers += count
        guard self.unsentAnswers <= Self.maximumUnsentAnswers else {
            let message = "the \(self.otherSide) asks for answers and does not read them"
            self.fail(context, TLSError(.protocolViolation, message))
            return
        }
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.assumeIsolated().whenComplete { _ in self.unsentAnswers -= count }
        context.writeAndFlush(self.wrapOutboundOut(output), promise: sent)
    }

    // MARK: - Encrypting

    private func encrypt(_ context: ChannelHandlerContext) {
        // A promise kept below may lead back here; what it adds is taken by the loop that runs.
        guard self.state == .open, !self.isEncrypting, self.writes.hasWork else { return }
        self.isEncrypting = true
        var output = context.channel.allocator.buffer(capacity: self.writes.sizeHint)
        var failure: [OpenSSLFailure]?
        var mayGoOn = true
        loop: while self.state == .open, self.writes.prepare(allocator: context.channel.allocator) {
            if self.writes.current.readableBytes > 0 {
                let outcome = self.connection.write(&self.writes.current)
                _ = self.connection.drain(into: &output)
                switch outcome {
                case .done:
                    break
                case .needsInput, .ended:
                    mayGoOn = false
                    break loop
                case .failed(let failures):
                    failure = failures
                    break loop
                }
            }
            if output.readableBytes >= 262_144 {
                context.write(
                    self.wrapOutboundOut(output),
                    promise: self.writes.takePromise(context.eventLoop)
                )
                output = context.channel.allocator.buffer(capacity: self.writes.sizeHint)
            }
        }
        let promise = self.writes.takePromise(context.eventLoop)
        if output.readableBytes > 0 || promise != nil {
            context.write(self.wrapOutboundOut(output), promise: promise)
        }
        self.isEncrypting = false
        context.flush()
        if let failure {
            self.fail(context, .afterHandshake(failure, isServer: self.client == nil))
        } else if mayGoOn, self.writes.hasFlushed {
            self.encrypt(context)
        }
    }

    private func sendOutput(_ context: ChannelHandlerContext) {
        var output = context.channel.allocator.buffer(capacity: 0)
        if self.connection.drain(into: &output) {
            context.writeAndFlush(self.wrapOutboundOut(output), promise: nil)
        }
    }

    // MARK: - The end

    private func failWrites(_ error: any Error) {
        for promise in self.writes.takeAll() { promise.fail(error) }
    }

    private func closeOrderly(_ context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        if self.state == .open { self.connection.shutdown() }
        self.state = .finished
        self.failWrites(ChannelError.ioOnClosedChannel)
        self.closeTransport(context, promise: promise)
    }

    private func fail(_ context: ChannelHandlerContext, _ error: TLSError) {
        guard self.state != .finished else { return }
        self.state = .finished
        self.sendOutput(context)
        self.failWrites(error)
        self.promise.fail(error)
        context.fireErrorCaught(error)
        self.closeTransport(context, promise: nil)
    }

    /// The network is at its end.
    private func end(_ context: ChannelHandlerContext) {
        switch self.state {
        case .idle, .handshaking:
            self.fail(context, .closedDuringHandshake(other: self.otherSide))
        case .open, .outputClosed:
            self.fail(context, .truncated(other: self.otherSide))
        case .finished:
            break
        }
    }

    /// Closes the channel once everything written has left it, or a short time has passed.
    private func closeTransport(_ context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        guard context.channel.isActive, self.waitingClose == nil else {
            context.close(promise: promise)
            return
        }
        let waiting = WaitingClose(context: context, promise: promise)
        self.waitingClose = waiting
        var output = context.channel.allocator.buffer(capacity: 0)
        _ = self.connection.drain(into: &output)
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.assumeIsolated().whenComplete { _ in waiting.close() }
        context.writeAndFlush(self.wrapOutboundOut(output), promise: sent)
        waiting.close(in: Self.closeDeadline)
    }
}
