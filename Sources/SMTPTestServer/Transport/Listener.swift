import NIOConcurrencyHelpers
import NIOCore
internal import NIOOpenSSL
import NIOPosix

/// The listening socket of a server, and its connections.
///
/// All of them live on one event loop, so that what a server does happens in one order.
final class Listener: Sendable {
    let channel: any Channel
    private let connections: Connections

    private final class Connections: Sendable {
        private let channels = NIOLockedValueBox<[ObjectIdentifier: any Channel]>([:])

        var all: [any Channel] { self.channels.withLockedValue { Array($0.values) } }

        func add(_ channel: any Channel) {
            let id = ObjectIdentifier(channel)
            self.channels.withLockedValue { $0[id] = channel }
            channel.closeFuture.whenComplete { _ in
                self.channels.withLockedValue { $0[id] = nil }
            }
        }
    }

    private init(channel: any Channel, connections: Connections) {
        self.channel = channel
        self.connections = connections
    }

    /// Binds a socket and accepts connections from then on.
    static func start(
        _ configuration: SMTPTestServer.Configuration,
        at address: SocketAddress,
        ledger: Ledger
    ) async throws -> Listener {
        let group: any EventLoopGroup = configuration.eventLoopGroup ?? MultiThreadedEventLoopGroup.singleton
        let script = ScriptRunner(configuration.script)
        let tls = try configuration.tls.map { try TLSContext(server: $0.options) }
        let connections = Connections()
        var bootstrap = ServerBootstrap(group: group.next())
            .serverChannelOption(.backlog, value: 1_024)
            // One read at a time, so that a script's order to stop reading holds after the read that met it.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelInitializer { channel in
                connections.add(channel)
                return channel.eventLoop.makeCompletedFuture {
                    let handler = ConnectionHandler(
                        configuration: configuration,
                        tls: tls,
                        script: script,
                        ledger: ledger
                    )
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
        if address.protocol != .unix {
            bootstrap = bootstrap.serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            bootstrap = bootstrap.childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
        }
        if let size = configuration.socketBufferSize {
            let value = ChannelOptions.Types.SocketOption.Value(clamping: size)
            bootstrap = bootstrap.childChannelOption(.socketOption(.so_sndbuf), value: value)
            bootstrap = bootstrap.childChannelOption(.socketOption(.so_rcvbuf), value: value)
        }
        let channel = try await bootstrap.bind(to: address).get()
        return Listener(channel: channel, connections: connections)
    }

    /// Closes the listening socket and all connections; returns when they are closed.
    func close() async {
        await Self.close(self.channel)
        for connection in self.connections.all {
            await Self.close(connection)
        }
    }

    private static func close(_ channel: any Channel) async {
        channel.close(promise: nil)
        // The future of a channel that closed with an error fails; closed it is all the same.
        _ = try? await channel.closeFuture.get()
    }
}
