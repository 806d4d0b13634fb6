internal import NIOCore
internal import NIOOpenSSL
internal import NIOPosix
internal import SMTPCore

/// Opens the connection a server names, with the handler of the session in its pipeline.
struct Connector {
    /// An open connection.
    struct Connection: Sendable {
        let channel: any Channel
        let handler: NIOLoopBound<SMTPChannelHandler>
        /// TLS of a connection that is encrypted from the first octet.
        var tls: NIOLoopBound<TLSHandler>?
    }

    let server: SMTPServer
    let configuration: SMTPConfiguration
    /// Context to use; nil builds one where the server's mode is implicit TLS.
    var context: TLSContext?

    /// Connects; all addresses of a name are tried by RFC 8305, one time limit for all.
    ///
    /// A cancelled task closes the connection as soon as there is one.
    func connect() async throws(SMTPError) -> Connection {
        let attempts = ConnectAttempts()
        do {
            let future = try self.begin(attempts)
            let connection = try await withTaskCancellationHandler {
                try await future.get()
            } onCancel: {
                attempts.cancel()
            }
            guard !Task.isCancelled else {
                connection.channel.close(promise: nil)
                throw CancellationError()
            }
            return connection
        } catch {
            guard !Task.isCancelled else { throw SMTPError(ConnectionFailure.cancelled, stage: .connect) }
            throw self.error(error)
        }
    }

    private func begin(_ attempts: ConnectAttempts) throws -> EventLoopFuture<Connection> {
        let limits = self.configuration.replyLimits
        let setup =
            self.server.tls == .implicit
            ? try TLSSetup(self.server, self.configuration, context: self.context) : nil
        var bootstrap = ClientBootstrap(group: self.configuration.eventLoopGroup.any())
            .connectTimeout(TimeAmount(clamping: self.configuration.timeouts.connect))
            .channelOption(.writeBufferWaterMark, value: .init(low: 256 * 1024, high: 1024 * 1024))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = SMTPChannelHandler(eventLoop: channel.eventLoop, limits: limits)
                    let tls = try setup?.makeHandler(on: channel.eventLoop)
                    try attempts.add(
                        Connection(
                            channel: channel,
                            handler: NIOLoopBound(handler, eventLoop: channel.eventLoop),
                            tls: tls.map { NIOLoopBound($0, eventLoop: channel.eventLoop) }
                        )
                    )
                    if let tls { try channel.pipeline.syncOperations.addHandler(tls) }
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
        if let source = self.configuration.sourceAddress {
            bootstrap = bootstrap.bind(to: try Self.socketAddress(of: source))
        }
        let future: EventLoopFuture<any Channel> =
            switch self.server.endpoint {
            case .host(let host, let port):
                // A group of commands is one write; nothing is gained by holding the last segment back.
                bootstrap.channelOption(.tcpOption(.tcp_nodelay), value: 1).connect(host: host, port: port)
            case .unixSocket(let path) where path.utf8.contains(0):
                throw SMTPError(.invalidArgument, "the path of the socket contains NUL", stage: .preparation)
            case .unixSocket(let path): bootstrap.connect(unixDomainSocketPath: path)
            case .connectedSocket(let socket): bootstrap.withConnectedSocket(try socket.take())
            }
        return future.flatMapThrowing { channel in
            guard let connection = attempts.connection(of: channel) else { throw ChannelError.alreadyClosed }
            return connection
        }
    }

    private static func socketAddress(of source: SourceAddress) throws(SMTPError) -> SocketAddress {
        guard let address = source.socketAddress else {
            let text = PrintableText.escape("\(source.address), port \(source.port)")
            throw SMTPError(.invalidArgument, "the source address is none: \(text)", stage: .preparation)
        }
        return address
    }

    private func error(_ error: any Error) -> SMTPError {
        switch error {
        case let error as SMTPError: return error
        case let error as TLSError: return SMTPError(.tls(error), stage: .tls)
        case let error as NIOConnectionError:
            let reasons = error.connectionErrors.map {
                "\($0.target.ipAddress ?? "\($0.target)"): \(PrintableText.escape("\($0.error)"))"
            }
            guard reasons.isEmpty else {
                let what = "no address of \(error.host) took a connection on port \(error.port)"
                return SMTPError(
                    .cannotConnect,
                    "\(what): \(reasons.joined(separator: "; "))",
                    stage: .connect,
                    underlying: error
                )
            }
            return SMTPError(.hostUnknown, "\(error.host) has no address", stage: .connect, underlying: error)
        case ChannelError.connectTimeout:
            return SMTPError(
                .timedOut,
                "\(self.server) did not take the connection within \(self.configuration.timeouts.connect)",
                stage: .connect,
                underlying: error
            )
        default:
            return SMTPError(
                .cannotConnect,
                "cannot connect to \(self.server): \(PrintableText.escape("\(error)"))",
                stage: .connect,
                underlying: error
            )
        }
    }
}
