import NIOCore
import NIOOpenSSL
import NIOPosix

@testable import SMTPTestServer

/// A client that knows octets only.
final class RawClient: Sendable {
    struct State: Sendable {
        var received: [UInt8] = []
        /// The codes of the complete replies, multi-line ones once.
        var codes: [Int] = []
        var isClosed = false
        var error: String?

        private var line: [UInt8] = []

        mutating func append(_ octets: some Sequence<UInt8>) {
            for octet in octets {
                self.received.append(octet)
                self.line.append(octet)
                guard octet == .lineFeed else { continue }
                if self.line.count > 3, self.line[3] != UInt8(ascii: "-") {
                    self.codes.append(Int(String(decoding: self.line.prefix(3), as: UTF8.self)) ?? 0)
                }
                self.line = []
            }
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let state: Observed<State>

        init(_ state: Observed<State>) {
            self.state = state
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let octets = self.unwrapInboundIn(data)
            self.state.update { $0.append(octets.readableBytesView) }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            self.state.update { $0.error = "\(error)" }
            context.close(promise: nil)
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if event as? ChannelEvent == .inputClosed {
                self.state.update { $0.isClosed = true }
            }
        }

        func channelInactive(context: ChannelHandlerContext) {
            self.state.update { $0.isClosed = true }
        }
    }

    private let channel: any Channel
    private let state: Observed<State>
    /// The number of TLS records with application data that have come.
    private let records: Observed<Int>
    private let handshake: Observed<EventLoopFuture<TLSSession>?>

    private init(
        channel: any Channel,
        state: Observed<State>,
        records: Observed<Int>,
        handshake: Observed<EventLoopFuture<TLSSession>?>
    ) {
        self.channel = channel
        self.handshake = handshake
        self.state = state
        self.records = records
    }

    /// Connects.
    ///
    /// - Parameter tls: What to begin TLS with at once; nil for a connection in clear.
    static func connect(to server: SMTPTestServer, tls: TLSContext? = nil) async throws -> RawClient {
        let records = Observed(0)
        let handshake = Observed<EventLoopFuture<TLSSession>?>(nil)
        let state = Observed(State())
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(state))
                    if let tls {
                        let future = try Self.addTLS(tls, to: channel, records: records)
                        handshake.update { $0 = future }
                    }
                }
            }
        let channel =
            if let path = server.unixSocketPath {
                try await bootstrap.connect(unixDomainSocketPath: path).get()
            } else {
                try await bootstrap.connect(host: server.host, port: server.port).get()
            }
        return RawClient(channel: channel, state: state, records: records, handshake: handshake)
    }

    private static func addTLS(
        _ context: TLSContext,
        to channel: any Channel,
        records: Observed<Int>
    ) throws -> EventLoopFuture<TLSSession> {
        let handler = try TLSHandler(
            client: context,
            peerName: "localhost",
            port: nil,
            eventLoop: channel.eventLoop
        )
        try channel.pipeline.syncOperations.addHandlers(
            [RecordCounter(records), handler],
            position: .first
        )
        return handler.handshake
    }

    /// Begins TLS; returns when the handshake is done.
    @discardableResult
    func startTLS(_ context: TLSContext) async throws -> TLSSession {
        let channel = self.channel
        let records = self.records
        let future = try await channel.eventLoop.submit {
            try Self.addTLS(context, to: channel, records: records)
        }.get()
        self.handshake.update { $0 = future }
        return try await future.get()
    }

    /// What the handshake establishes; nil without one.
    func session() async throws -> TLSSession? {
        try await self.handshake.read { $0 }?.get()
    }

    /// Connects, reads the greeting, runs `body` and closes.
    static func with<Result>(
        _ server: SMTPTestServer,
        tls: TLSContext? = nil,
        _ body: (RawClient) async throws -> Result
    ) async throws -> Result {
        let client = try await self.connect(to: server, tls: tls)
        do {
            try await client.waitForReplies(1)
            let result = try await body(client)
            await client.close()
            return result
        } catch {
            await client.close()
            throw error
        }
    }

    var text: String { self.state.read { String(decoding: $0.received, as: UTF8.self) } }
    var codes: [Int] { self.state.read { $0.codes } }
    var recordCount: Int { self.records.read { $0 } }
    var error: String? { self.state.read { $0.error } }

    func send(_ text: String) async throws {
        try await self.send(Array(text.utf8))
    }

    func send(_ octets: [UInt8]) async throws {
        try await self.channel.writeAndFlush(ByteBuffer(bytes: octets)).get()
    }

    /// Starts to send, without waiting until the octets are out.
    func begin(_ octets: [UInt8]) -> EventLoopFuture<Void> {
        self.channel.writeAndFlush(ByteBuffer(bytes: octets))
    }

    /// Waits until so many replies have come since the start, the greeting included.
    func waitForReplies(_ count: Int) async throws {
        try await self.state.wait { $0.codes.count >= count }
    }

    func waitForText(_ text: String) async throws {
        try await self.state.wait { $0.received.suffix(text.utf8.count) == Array(text.utf8)[...] }
    }

    /// Waits until the server has closed its side.
    func waitForClose() async throws {
        try await self.state.wait { $0.isClosed }
    }

    func close() async {
        self.channel.close(promise: nil)
        _ = try? await self.channel.closeFuture.get()
    }

    /// Closes with RST.
    func reset() async throws {
        let channel = self.channel
        try await channel.eventLoop.flatSubmit {
            ClientReset.close(channel)
        }.get()
    }
}
