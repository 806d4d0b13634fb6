import NIOCore
import NIOOpenSSL

/// What comes up from a TLS handler, in order.
final class Recorder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private(set) var octets = ByteBuffer()
    private(set) var errors: [any Error] = []
    /// `octets`, `error`, `inactive`, each noted once in a row.
    private(set) var order: [String] = []

    var text: String { String(buffer: self.octets) }

    var tlsErrors: [TLSError] { self.errors.compactMap { $0 as? TLSError } }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = self.unwrapInboundIn(data)
        self.octets.writeBuffer(&buffer)
        self.note("octets")
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.errors.append(error)
        self.note("error")
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.note("inactive")
    }

    private func note(_ event: String) {
        if self.order.last != event { self.order.append(event) }
    }
}
