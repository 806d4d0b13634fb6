internal import NIOCore
internal import SMTPCore

/// Reads a message without some of the fields of its header.
final class FieldFilterReader: PieceReader {
    private let pieces: ContentPieces
    private var filter: HeaderFieldFilter
    private var ready: [ByteBuffer] = []
    private var isFinished = false

    /// Begins a pass.
    ///
    /// - Parameter names: Names of the fields to leave out, lower case.
    /// - Throws: ``ContentSourceError/alreadyRead``.
    init(_ content: MessageContent, dropping names: Set<String>) throws {
        self.pieces = try ContentPieces(content)
        self.filter = HeaderFieldFilter(dropping: names)
    }

    func next() async throws -> ByteBuffer? {
        while self.ready.isEmpty {
            guard !self.isFinished else { return nil }
            if let piece = try await self.pieces.next() {
                self.ready = self.filter.filter(piece)
            } else {
                self.isFinished = true
                let rest = self.filter.finish()
                if rest.readableBytes > 0 { return rest }
            }
        }
        return self.ready.removeFirst()
    }

    func close() async {
        await self.pieces.close()
    }
}
