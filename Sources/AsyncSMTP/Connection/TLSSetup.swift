internal import NIOCore
internal import NIOOpenSSL
internal import SMTPCore

/// What a connection needs to encrypt itself: the context, built once for all connections that share it, and
/// the name the certificate must be for.
struct TLSSetup: Sendable {
    private let context: TLSContext
    private let name: String
    private let port: Int?

    /// Builds the context of a configuration.
    ///
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/tlsFailed`` for a configuration that cannot be used, such
    ///   as a file that is not there, or ``SMTPError/Code/invalidArgument`` where no name is known.
    init(_ server: SMTPServer, _ configuration: SMTPConfiguration, context: TLSContext?) throws(SMTPError) {
        guard let name = server.certificateName else {
            throw SMTPError(
                .invalidArgument,
                "TLS needs the name the server's certificate must be for",
                stage: .preparation
            )
        }
        self.name = name
        if case .host(_, let port) = server.endpoint { self.port = port } else { self.port = nil }
        if let context { self.context = context } else { self.context = try Self.context(of: configuration) }
    }

    /// The context of a configuration, built unless it has one.
    static func context(of configuration: SMTPConfiguration) throws(SMTPError) -> TLSContext {
        if let context = configuration.tlsContext { return context }
        do throws(TLSError) {
            return try TLSContext(client: configuration.tls)
        } catch {
            throw SMTPError(.tlsFailed, "\(error)", stage: .preparation, underlying: error)
        }
    }

    /// A handler for one connection.
    func makeHandler(on eventLoop: any EventLoop) throws(TLSError) -> TLSHandler {
        try TLSHandler(client: self.context, peerName: self.name, port: self.port, eventLoop: eventLoop)
    }
}
