internal import NIOCore

/// Reads an asynchronous sequence of chunks.
final class SequenceReader<Chunks: AsyncSequence>: PieceReader where Chunks.Element: Sequence<UInt8> {
    private var iterator: Chunks.AsyncIterator

    init(_ chunks: Chunks) {
        self.iterator = chunks.makeAsyncIterator()
    }

    func next() async throws -> ByteBuffer? {
        while let chunk = try await self.iterator.next(isolation: #isolation) {
            let piece = ByteBuffer(bytes: chunk)
            if piece.readableBytes > 0 { return piece }
        }
        return nil
    }

    func close() async {}
}
