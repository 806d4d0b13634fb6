import AsyncSMTP
import NIOCore
import NIOOpenSSL
import NIOPosix
import SMTPTestServer

/// Somebody in the middle: ends the client's TLS with a certificate of its own, and speaks TLS of its own to the
/// server.
struct TLSRelay: Sendable {
    let authority: SMTPTestServer.Authority
    /// Port of the server.
    let port: Int
    /// What is taken out of the server's lines.
    let removed: String

    func start() async throws -> any Channel {
        var client = TLSConfiguration()
        client.verification = .insecurelyDisabled
        let toServer = try TLSContext(client: client)
        let toClient = try TLSContext(
            server: TLSServerConfiguration(identity: try self.authority.identity(for: ["127.0.0.1"]))
        )
        return try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { accepted in
                ClientBootstrap(group: accepted.eventLoop)
                    .channelOption(.autoRead, value: false)
                    .connect(host: "127.0.0.1", port: self.port)
                    .flatMapThrowing { onward in
                        try self.join(accepted, onward, toClient, toServer)
                    }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    private func join(
        _ accepted: any Channel,
        _ onward: any Channel,
        _ toClient: TLSContext,
        _ toServer: TLSContext
    ) throws {
        let loop = accepted.eventLoop
        try accepted.pipeline.syncOperations.addHandlers([
            try TLSHandler(server: toClient, eventLoop: loop), Forward(to: onward, removed: ""),
        ])
        try onward.pipeline.syncOperations.addHandlers([
            try TLSHandler(client: toServer, peerName: "127.0.0.1", port: self.port, eventLoop: loop),
            Forward(to: accepted, removed: self.removed),
        ])
        for channel in [accepted, onward] {
            channel.setOption(ChannelOptions.autoRead, value: true).whenFailure { _ in
                channel.close(promise: nil)
            }
        }
    }

    private final class Forward: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let other: any Channel
        private let removed: String

        init(to other: any Channel, removed: String) {
            self.other = other
            self.removed = removed
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let octets = self.unwrapInboundIn(data)
            guard !self.removed.isEmpty else {
                self.other.writeAndFlush(octets, promise: nil)
                return
            }
            var text = String(buffer: octets)
            if let range = text.firstRange(of: self.removed) { text.removeSubrange(range) }
            self.other.writeAndFlush(ByteBuffer(string: text), promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) {
            self.other.close(promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}

extension SecureLoopback {
    /// Runs a test with the server and a session that reaches it through somebody in the middle, whose
    /// certificate it trusts.
    func withSessionBehindRelay(
        removing removed: String = "",
        configure: (inout SMTPConfiguration) -> Void = { _ in },
        _ body: (SMTPTestServer, SMTPSession) async throws -> Void
    ) async throws {
        let configuration = try self.configuration(configure)
        try await SMTPTestServer.withServer(self.server) { server in
            let relay = try await TLSRelay(authority: self.authority, port: server.port, removed: removed)
                .start()
            do {
                let place = try SMTPServer(
                    host: "127.0.0.1",
                    port: relay.localAddress?.port ?? 0,
                    tls: .implicit
                )
                let session = try await SMTPSession.connect(to: place, configuration: configuration)
                do { try await body(server, session) } catch {
                    await session.close()
                    throw error
                }
                await session.close()
            } catch {
                try await relay.close()
                throw error
            }
            try await relay.close()
        }
    }
}
