import NIOCore
import NIOPosix
import OpenSSLCrypto
import Testing

@testable import NIOOpenSSL

@Suite("Over real sockets")
struct LoopbackTests {
    private typealias Octets = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// Runs one connection; the server serves it as `serve` says.
    private func run(
        version: TLSVersion,
        serve: @escaping @Sendable (Octets) async throws -> Void,
        client body: (Octets) async throws -> Void
    ) async throws {
        let authority = try CertificateAuthority()
        var configuration = TLSConfiguration()
        configuration.trustRoots = authority.trustRoots
        configuration.maximumVersion = version
        let client = try TLSContext(client: configuration)
        let server = try TLSContext(
            server: TLSServerConfiguration(identity: try authority.issue(addresses: ["127.0.0.1"]).identity)
        )
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = try TLSHandler(server: server, eventLoop: channel.eventLoop)
                    try channel.pipeline.syncOperations.addHandler(handler)
                    return try Octets(wrappingChannelSynchronously: channel)
                }
            }
        let port = try #require(listener.channel.localAddress?.port)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await listener.executeThenClose { connections in
                    for try await connection in connections { return try await serve(connection) }
                }
            }
            let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connect(host: "127.0.0.1", port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let handler = try TLSHandler(
                            client: client,
                            peerName: "127.0.0.1",
                            port: port,
                            eventLoop: channel.eventLoop
                        )
                        try channel.pipeline.syncOperations.addHandler(handler)
                        return try Octets(wrappingChannelSynchronously: channel)
                    }
                }
            try await body(channel)
            try await group.waitForAll()
        }
    }

    @Test("8 MiB there and back, unchanged, both ways at once", arguments: [TLSVersion.tls12, .tls13])
    func echo(version: TLSVersion) async throws {
        var state: UInt32 = 1
        let octets = (0..<8 << 20).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(truncatingIfNeeded: state >> 24)
        }
        let sent = ByteBuffer(bytes: octets)
        try await self.run(version: version) { connection in
            try await connection.executeThenClose { inbound, outbound in
                for try await piece in inbound { try await outbound.write(piece) }
            }
        } client: { channel in
            try await channel.executeThenClose { inbound, outbound in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        var rest = sent
                        while let piece = rest.readSlice(length: min(70_001, rest.readableBytes)),
                            piece.readableBytes > 0
                        {
                            try await outbound.write(piece)
                        }
                    }
                    var received = ByteBuffer()
                    for try await piece in inbound {
                        received.writeImmutableBuffer(piece)
                        if received.readableBytes >= sent.readableBytes { break }
                    }
                    try await group.waitForAll()
                    let digest = try Digest.sha256.hash(Array(received.readableBytesView))
                    #expect(try digest == Digest.sha256.hash(octets))
                }
            }
        }
    }

    @Test(
        "R8314-1 the end of a client is an orderly end for the server",
        arguments: [TLSVersion.tls12, .tls13]
    )
    func orderlyEnd(version: TLSVersion) async throws {
        try await self.run(version: version) { connection in
            try await connection.executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(string: "220\r\n"))
                var text = ""
                // A missing close_notify would throw here.
                for try await piece in inbound { text += String(buffer: piece) }
                #expect(text == "QUIT\r\n")
            }
        } client: { channel in
            try await channel.executeThenClose { inbound, outbound in
                var replies = inbound.makeAsyncIterator()
                #expect(try await replies.next() == ByteBuffer(string: "220\r\n"))
                try await outbound.write(ByteBuffer(string: "QUIT\r\n"))
            }
        }
    }

    @Test("a server that does not read stops a client that writes")
    func backPressure() async throws {
        let (reading, mayRead) = AsyncStream<Void>.makeStream()
        try await self.run(version: .tls13) { connection in
            try await connection.executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(string: "220\r\n"))
                for await _ in reading {}
                var count = 0
                for try await piece in inbound { count += piece.readableBytes }
                #expect(count == 64 << 20)
            }
        } client: { channel in
            try await channel.executeThenClose { inbound, _ in
                for try await _ in inbound { break }
                let promise = channel.channel.eventLoop.makePromise(of: Void.self)
                channel.channel.writeAndFlush(ByteBuffer(repeating: 7, count: 64 << 20), promise: promise)
                let isWritable = try await channel.channel.eventLoop.submit { channel.channel.isWritable }
                    .get()
                #expect(!isWritable)
                mayRead.finish()
                try await promise.futureResult.get()
            }
        }
    }
}
