internal import MailMessage
internal import NIOCore

/// Reads octets in memory, and a message behind them without the fields that are not sent.
final class PrefixedReader: PieceReader {
    private var prefix: ByteBuffer?
    private let rest: ContentReader

    /// - Parameter prefix: Octets in memory, not empty; nil for none.
    init(_ prefix: ByteBuffer?, _ rest: ContentReader) {
        self.prefix = prefix
        self.rest = rest
    }

    func next() async throws -> ByteBuffer? {
        if let prefix {
            self.prefix = nil
            return prefix
        }
        return try await self.rest.next()
    }

    func close() async {
        await self.rest.close()
    }
}
