package import NIOCore

/// BDAT chunker: gathers octets to chunks and puts the command in front of each (RFC 3030 section 2).
package struct ChunkEncoder: Sendable {
    private let chunkSize: Int
    private var pending = ByteBuffer()

    /// - Parameter chunkSize: Octets at which a chunk goes out; one that is gathered from large pieces may be
    ///   larger by a piece.
    package init(chunkSize: Int = 256 * 1024) {
        self.chunkSize = max(chunkSize, 1)
    }

    /// Takes a piece; returns command and octets of a chunk once enough is there.
    package mutating func append(_ piece: ByteBuffer) -> ByteBuffer? {
        self.appendTail(piece)
        return self.pending.readableBytes >= self.chunkSize ? self.takeChunk(isLast: false) : nil
    }

    /// Takes the last octets; they go out with the last chunk whatever its size.
    package mutating func appendTail(_ piece: ByteBuffer) {
        if self.pending.readableBytes == 0 {
            self.pending = piece
        } else {
            self.pending.writeImmutableBuffer(piece)
        }
    }

    /// The last chunk, which may be empty: `BDAT 0 LAST` is legal.
    package mutating func finish() -> ByteBuffer {
        self.takeChunk(isLast: true)
    }

    private mutating func takeChunk(isLast: Bool) -> ByteBuffer {
        var chunk = ByteBufferAllocator().buffer(capacity: self.pending.readableBytes + 32)
        chunk.writeStaticString("BDAT ")
        chunk.writeString(String(self.pending.readableBytes))
        chunk.writeStaticString(isLast ? " LAST\r\n" : "\r\n")
        chunk.writeImmutableBuffer(self.pending)
        self.pending = ByteBuffer()
        return chunk
    }
}
