import NIOCore
import NIOPosix
import SMTPCore

@testable import AsyncSMTP

/// One connection of a client, seen from a server on a loopback port.
struct LoopbackPeer {
    /// What the client wrote.
    private(set) var received = ""
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>

    private init(
        _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>,
        _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
        self.inbound = inbound.makeAsyncIterator()
        self.outbound = outbound
    }

    func send(_ octets: String) async throws {
        try await self.outbound.write(ByteBuffer(string: octets))
    }

    /// Waits until the client has written `octets` in all, or has closed.
    mutating func read(until octets: String) async throws {
        while !self.received.hasSuffix(octets), let piece = try await self.inbound.next(isolation: #isolation)
        {
            self.received += String(buffer: piece)
        }
    }

    /// Waits until the client has closed.
    mutating func readToEnd() async throws {
        while let piece = try await self.inbound.next(isolation: #isolation) {
            self.received += String(buffer: piece)
        }
    }

    /// Runs a client against a server for one connection.
    ///
    /// - Returns: What the client wrote.
    static func run(
        serving serve: @escaping @Sendable (inout LoopbackPeer) async throws -> Void,
        client: (SMTPServer, SMTPConfiguration) async throws -> Void
    ) async throws -> String {
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        let port = listener.channel.localAddress?.port
        async let received = listener.executeThenClose { connections in
            for try await connection in connections {
                return try await connection.executeThenClose { inbound, outbound in
                    var peer = LoopbackPeer(inbound, outbound)
                    try await serve(&peer)
                    return peer.received
                }
            }
            return ""
        }
        var configuration = SMTPConfiguration()
        configuration.helloName = try HelloName("client.example")
        // A busy machine must not take the place of a silent server.
        configuration.timeouts.quit = .seconds(300)
        try await client(try SMTPServer(host: "127.0.0.1", port: port, tls: .plaintext), configuration)
        return try await received
    }
}
