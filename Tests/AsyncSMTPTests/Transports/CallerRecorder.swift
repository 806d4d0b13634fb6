import NIOCore
import NIOPosix
import Testing

/// A listening socket that greets whoever connects and tells where they come from.
struct CallerRecorder {
    let port: Int
    /// Addresses of those who connected, in order.
    let callers: AsyncStream<SocketAddress?>

    static func with(_ body: (CallerRecorder) async throws -> Void) async throws {
        let (callers, continuation) = AsyncStream.makeStream(of: SocketAddress?.self)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Greeter(callers: continuation))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            try await body(CallerRecorder(port: try #require(channel.localAddress?.port), callers: callers))
        } catch {
            try? await channel.close()
            throw error
        }
        try await channel.close()
    }

    private final class Greeter: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let callers: AsyncStream<SocketAddress?>.Continuation

        init(callers: AsyncStream<SocketAddress?>.Continuation) {
            self.callers = callers
        }

        func channelActive(context: ChannelHandlerContext) {
            self.callers.yield(context.remoteAddress)
            self.write("220 mx.example\r\n", context)
        }

        /// QUIT is all that comes.
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.write("221 2.0.0 Bye\r\n", context)
        }

        private func write(_ reply: String, _ context: ChannelHandlerContext) {
            context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(string: reply)), promise: nil)
        }
    }
}
