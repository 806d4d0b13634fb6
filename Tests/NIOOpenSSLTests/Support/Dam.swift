import NIOCore

/// A network that takes octets and never says that they have left, until it is opened.
final class Dam: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    private(set) var octets = ByteBuffer()
    private var promises: [EventLoopPromise<Void>] = []

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        var buffer = self.unwrapOutboundIn(data)
        self.octets.writeBuffer(&buffer)
        if let promise { self.promises.append(promise) }
    }

    func open() {
        for promise in self.promises { promise.succeed() }
        self.promises = []
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        for promise in self.promises { promise.fail(ChannelError.ioOnClosedChannel) }
        self.promises = []
    }
}
