import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// Passes octets between a client and a server, and cuts the connection at a chosen octet.
struct CuttingProxy: Sendable {
    /// Whose octets are counted.
    enum Direction: Sendable, CaseIterable {
        case toServer, toClient
    }

    /// How the connection ends.
    enum Manner: Sendable, CaseIterable {
        case close, reset
    }

    /// Where the next connection is cut; nil passes everything.
    struct Cut: Sendable {
        var direction: Direction
        var offset: Int
        var manner: Manner
        /// Whether connections after the next one are not cut.
        var isOnce = false
    }

    private struct State: Sendable {
        var cut: Cut?
        var connections = 0
    }

    private let listener: any Channel
    private let state: NIOLockedValueBox<State>

    /// Connections so far.
    var connectionCount: Int { self.state.withLockedValue { $0.connections } }

    var port: Int { self.listener.localAddress?.port ?? 0 }

    static func withProxy(to port: Int, _ body: (CuttingProxy) async throws -> Void) async throws {
        let state = NIOLockedValueBox(State())
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { client in
                let cut = state.withLockedValue { state in
                    state.connections += 1
                    defer { if state.cut?.isOnce ?? false { state.cut = nil } }
                    return state.cut
                }
                return Self.join(client, to: port, cut: cut)
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            try await body(CuttingProxy(listener: listener, state: state))
        } catch {
            try await listener.close()
            throw error
        }
        try await listener.close()
    }

    func setCut(_ cut: Cut?) {
        self.state.withLockedValue { $0.cut = cut }
    }

    private static func join(_ client: any Channel, to port: Int, cut: Cut?) -> EventLoopFuture<Void> {
        ClientBootstrap(group: client.eventLoop)
            .channelOption(.autoRead, value: false)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connect(host: "127.0.0.1", port: port)
            .flatMapThrowing { server in
                func budget(_ direction: Direction) -> Int? {
                    cut?.direction == direction ? cut?.offset : nil
                }
                let manner = cut?.manner ?? .close
                let fromClient = PassOnHandler(to: server, budget: budget(.toServer), manner: manner)
                let fromServer = PassOnHandler(to: client, budget: budget(.toClient), manner: manner)
                try client.pipeline.syncOperations.addHandler(fromClient)
                try server.pipeline.syncOperations.addHandler(fromServer)
                for channel in [client, server] {
                    channel.setOption(ChannelOptions.autoRead, value: true).whenFailure { _ in
                        channel.close(promise: nil)
                    }
                }
            }
    }
}

/// Passes octets on to the other side until its budget is used up, then ends both sides.
private final class PassOnHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let other: any Channel
    private var budget: Int?
    private let manner: CuttingProxy.Manner

    init(to other: any Channel, budget: Int?, manner: CuttingProxy.Manner) {
        self.other = other
        self.budget = budget
        self.manner = manner
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if self.budget == 0 { self.end(context) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = self.unwrapInboundIn(data)
        guard let budget else {
            self.other.writeAndFlush(bytes, promise: nil)
            return
        }
        guard budget > 0, let head = bytes.readSlice(length: min(budget, bytes.readableBytes)) else { return }
        self.budget = budget - head.readableBytes
        self.other.writeAndFlush(head, promise: nil)
        if self.budget == 0 { self.end(context) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.other.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func end(_ context: ChannelHandlerContext) {
        for channel in [context.channel, self.other] {
            if self.manner == .reset, let options = channel as? any SocketOptionProvider {
                // No lingering: what was not sent yet is dropped and the peer gets a reset.
                options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in
                    channel.close(promise: nil)
                }
            } else {
                channel.close(promise: nil)
            }
        }
    }
}
