public import NIOCore

extension MessageContent {
    /// Reads the octets from beginning to end, in pieces; memory does not grow with their count.
    ///
    /// Content that can be read once cannot be sent afterwards.
    ///
    /// - Parameter body: Called with each piece, which is never empty.
    /// - Throws: ``ContentSourceError``, what the source throws, and what `body` throws, which ends the reading.
    public func read(_ body: (ByteBuffer) async throws -> Void) async throws {
        let pieces = try ContentPieces(self)
        do {
            while let piece = try await pieces.next() { try await body(piece) }
        } catch {
            await pieces.close()
            throw error
        }
        await pieces.close()
    }
}
