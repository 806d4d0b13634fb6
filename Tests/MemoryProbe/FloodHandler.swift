import NIOCore

/// Writes the same block again and again, each when the one before has gone, so that it takes no memory
/// itself.
final class FloodHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let block: ByteBuffer
    private var remaining: Int

    init(_ block: ByteBuffer, times: Int) {
        self.block = block
        self.remaining = times
    }

    func channelActive(context: ChannelHandlerContext) {
        self.writeNext(context)
    }

    private func writeNext(_ context: ChannelHandlerContext) {
        guard self.remaining > 0 else { return }
        self.remaining -= 1
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(self.wrapOutboundOut(self.block)).whenSuccess {
            handler.value.writeNext(bound.value)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
