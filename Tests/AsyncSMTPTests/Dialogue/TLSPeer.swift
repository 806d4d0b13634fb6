import NIOCore
import NIOEmbedded
import NIOOpenSSL

/// The server's end of the TLS that lies below a session, on the event loop of the session.
final class TLSPeer {
    /// Keeps the records TLS writes.
    private final class Network: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer

        var records: [ByteBuffer] = []

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            let octets = self.unwrapOutboundIn(data)
            if octets.readableBytes > 0 { self.records.append(octets) }
            promise?.succeed(())
        }

        func flush(context: ChannelHandlerContext) {}
    }

    /// Keeps the octets TLS reads.
    private final class Application: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        var octets = ByteBuffer()

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.octets.writeImmutableBuffer(self.unwrapInboundIn(data))
        }

        /// The session is what is tested; it has its own end of the same failure.
        func errorCaught(context: ChannelHandlerContext, error: any Error) {}
    }

    private let channel: NIOAsyncTestingChannel
    private let network = Network()
    private let application = Application()
    private let writesOctets: Bool

    /// An end that waits for a ClientHello; the channel must be made active.
    ///
    /// - Parameters:
    ///   - context: That of the server.
    ///   - channel: A channel of its own on the event loop of the session.
    ///   - writesOctets: Whether each octet becomes a record.
    init(_ context: TLSContext, channel: NIOAsyncTestingChannel, writesOctets: Bool) throws {
        self.channel = channel
        self.writesOctets = writesOctets
        let tls = try TLSHandler(server: context, eventLoop: channel.eventLoop)
        try channel.pipeline.syncOperations.addHandlers([self.network, tls, self.application])
    }

    /// Takes records of the client and gives the octets in them.
    func decrypt(_ records: ByteBuffer) -> ByteBuffer {
        self.channel.pipeline.syncOperations.fireChannelRead(NIOAny(records))
        self.channel.pipeline.syncOperations.fireChannelReadComplete()
        defer { self.application.octets = ByteBuffer() }
        return self.application.octets
    }

    /// The records in which octets go to the client.
    func encrypt(_ octets: ByteBuffer) -> [ByteBuffer] {
        if self.writesOctets {
            for octet in octets.readableBytesView { self.write(ByteBuffer(bytes: [octet])) }
        } else {
            self.write(octets)
        }
        return self.takeRecords()
    }

    /// The records with which the server ends its side: close_notify.
    func close() -> [ByteBuffer] {
        self.channel.pipeline.syncOperations.close(mode: .output, promise: nil)
        return self.takeRecords()
    }

    /// What TLS itself has to say to the client.
    func takeRecords() -> [ByteBuffer] {
        defer { self.network.records = [] }
        return self.network.records
    }

    /// Forgets the connection, as at the end of a test.
    func drop() {
        self.channel.close(promise: nil)
    }

    private func write(_ octets: ByteBuffer) {
        self.channel.pipeline.syncOperations.writeAndFlush(NIOAny(octets), promise: nil)
    }
}
