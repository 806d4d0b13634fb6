import NIOCore

/// Stands where the network is: what is flushed together leaves as one segment, and the network can be stuck.
final class Wire: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var pending = ByteBuffer()
    private var promises: [EventLoopPromise<Void>] = []
    /// Whether octets stay on this side, as they do when the other one takes none.
    var isStuck = false
    /// How often reading was asked for.
    private(set) var reads = 0

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        self.pending.writeImmutableBuffer(self.unwrapOutboundIn(data))
        if let promise { self.promises.append(promise) }
    }

    func flush(context: ChannelHandlerContext) {
        guard !self.isStuck, self.pending.readableBytes > 0 else { return }
        let (segment, promises) = (self.pending, self.promises)
        (self.pending, self.promises) = (ByteBuffer(), [])
        context.writeAndFlush(self.wrapOutboundOut(segment), promise: nil)
        for promise in promises { promise.succeed(()) }
    }

    func read(context: ChannelHandlerContext) {
        self.reads += 1
        context.read()
    }

    func channelInactive(context: ChannelHandlerContext) {
        for promise in self.promises { promise.fail(ChannelError.ioOnClosedChannel) }
        self.promises = []
        context.fireChannelInactive()
    }
}
