import NIOCore

@testable import SMTPTestServer

/// A counter of TLS records with application data, below the TLS of a client.
final class RecordCounter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let count: Observed<Int>
    private var pending = ByteBuffer()

    init(_ count: Observed<Int>) {
        self.count = count
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.pending.writeImmutableBuffer(self.unwrapInboundIn(data))
        while let length = self.pending.getInteger(at: self.pending.readerIndex + 3, as: UInt16.self),
            let record = self.pending.readSlice(length: 5 + Int(length))
        {
            if record.readableBytesView.first == 0x17 {
                self.count.update { $0 += 1 }
            }
        }
        context.fireChannelRead(data)
    }
}
