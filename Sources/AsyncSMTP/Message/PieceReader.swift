internal import NIOCore

/// Gives the pieces of some octets one after the other.
protocol PieceReader {
    /// The next piece, never empty; nil at the end.
    func next() async throws -> ByteBuffer?
}
