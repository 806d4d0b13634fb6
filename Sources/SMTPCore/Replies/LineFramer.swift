package import NIOCore

/// First reply layer: cuts a stream of octets into lines, knowing nothing of what they say.
///
/// CRLF ends a line; a lone LF is tolerated (real servers send it), a lone CR is not. Octets already searched
/// are not searched again, so the work is linear however small the pieces are, and no more than one line's
/// limit is ever held.
package struct LineFramer: Sendable {
    private var buffer = ByteBuffer()
    private var searched = 0

    package init() {}

    /// Octets held and not yet given out as a line.
    package var bufferedByteCount: Int { self.buffer.readableBytes }

    /// Takes octets as they come from the network.
    package mutating func append(_ bytes: ByteBuffer) {
        if self.buffer.readableBytes == 0 {
            self.buffer = bytes
            self.searched = 0
        } else {
            // Lines still in use keep the storage they are slices of; it must not grow with every line here.
            self.buffer.discardReadBytes()
            var bytes = bytes
            self.buffer.writeBuffer(&bytes)
        }
    }

    /// The next whole line without its line end, a slice of what was appended; nil when none is complete.
    package mutating func nextLine(limit: Int) throws(ReplyError) -> ByteBuffer? {
        let count = self.buffer.readableBytes
        let end = Self.firstLineFeed(in: self.buffer, behind: self.searched)
        guard end < count else {
            self.searched = count
            // One octet of the count may be the CR of a line end that is still on its way.
            guard count <= limit + 1 else {
                throw ReplyError(.lineTooLong, line: self.buffer.readableBytesView)
            }
            return nil
        }
        self.searched = 0
        let start = self.buffer.readerIndex
        let hasCR = end > 0 && self.buffer.getInteger(at: start + end - 1) == UInt8(ascii: "\r")
        let line = self.buffer.getSlice(at: start, length: hasCR ? end - 1 : end)
        self.buffer.moveReaderIndex(forwardBy: end + 1)
        guard let line, line.readableBytes <= limit else {
            throw ReplyError(.lineTooLong, line: line?.readableBytesView ?? ByteBufferView())
        }
        return line
    }

    /// Offset of the first LF, the count of octets if there is none.
    private static func firstLineFeed(in buffer: ByteBuffer, behind searched: Int) -> Int {
        let octets = buffer.readableBytesUInt8Span
        var index = searched
        while index < octets.count, octets[index] != UInt8(ascii: "\n") { index += 1 }
        return index
    }
}
