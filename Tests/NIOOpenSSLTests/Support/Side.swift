import NIOCore
import NIOEmbedded
import NIOOpenSSL

/// One side of a connection in memory.
final class Side {
    let channel = EmbeddedChannel()
    let handler: TLSHandler
    let recorder = Recorder()
    private(set) var result: Result<TLSSession, any Error>?
    private var knowsEnd = false

    init(_ makeHandler: (any EventLoop) throws -> TLSHandler) throws {
        self.handler = try makeHandler(self.channel.embeddedEventLoop)
        try self.channel.pipeline.syncOperations.addHandlers([self.handler, self.recorder])
        self.handler.handshake.assumeIsolated().whenComplete { [weak self] in self?.result = $0 }
    }

    deinit {
        // A channel and its pipeline hold each other until it is closed and its loop has run.
        self.channel.close(promise: nil)
        self.channel.embeddedEventLoop.advanceTime(by: .seconds(2))
    }

    var session: TLSSession? { try? self.result?.get() }

    /// Why the handshake failed.
    var failure: TLSError? {
        guard case .failure(let error) = self.result else { return nil }
        return error as? TLSError
    }

    func connect() throws {
        try self.channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 25)).wait()
    }

    func write(_ text: String) {
        self.channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
    }

    /// The octets this side has put on the wire since the last call.
    func takeOutput() throws -> ByteBuffer {
        var all = ByteBuffer()
        while var buffer = try self.channel.readOutbound(as: ByteBuffer.self) { all.writeBuffer(&buffer) }
        return all
    }

    /// Hands over octets of the wire, `step` at a time.
    func receive(_ octets: ByteBuffer, step: Int = .max) {
        var octets = octets
        while octets.readableBytes > 0, self.channel.isActive,
            let piece = octets.readSlice(length: min(step, octets.readableBytes))
        {
            self.channel.pipeline.fireChannelRead(piece)
            self.channel.pipeline.fireChannelReadComplete()
        }
    }

    /// Tells this side that the network has ended; once.
    func end() {
        guard !self.knowsEnd, self.channel.isActive else { return }
        self.knowsEnd = true
        self.channel.pipeline.fireChannelInactive()
    }
}
