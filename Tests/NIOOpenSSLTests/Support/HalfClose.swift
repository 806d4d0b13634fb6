import NIOCore

/// A network whose output can be closed alone, which EmbeddedChannel does not know.
final class HalfClose: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    private(set) var isOutputClosed = false

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .output else { return context.close(mode: mode, promise: promise) }
        self.isOutputClosed = true
        promise?.succeed()
    }
}
