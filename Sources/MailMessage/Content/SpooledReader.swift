internal import NIOCore
internal import NIOFileSystem

/// Reads a file that is open already, from its beginning.
final class SpooledReader: PieceReader {
    private let handle: ReadWriteFileHandle
    private var offset: Int64 = 0

    init(_ handle: ReadWriteFileHandle) {
        self.handle = handle
    }

    func next() async throws -> ByteBuffer? {
        let piece = try await self.handle.readChunk(
            fromAbsoluteOffset: self.offset,
            length: .bytes(Int64(ContentPieces.pieceLength))
        )
        self.offset += Int64(piece.readableBytes)
        return piece.readableBytes > 0 ? piece : nil
    }

    /// The file is closed by whoever opened it.
    func close() async {}
}
