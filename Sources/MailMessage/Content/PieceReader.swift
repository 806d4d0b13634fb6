package import NIOCore

/// Gives the pieces of some octets one after the other.
package protocol PieceReader {
    /// The next piece, never empty; nil at the end.
    func next() async throws -> ByteBuffer?

    /// Releases what the reader holds, wherever it is.
    func close() async
}
