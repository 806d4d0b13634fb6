import NIOCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#elseif canImport(Glibc)
import Glibc
#endif

/// Closing with RST.
enum SocketReset {
    /// Closes the connection so that the peer sees a reset; a Unix socket knows no reset and is just closed.
    static func close(_ context: ChannelHandlerContext) {
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        let close: @Sendable () -> Void = { context.value.close(promise: nil) }
        guard let provider = context.value.channel as? any SocketOptionProvider else { return close() }
        provider.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in close() }
    }
}
