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
        let unread = self.buffer.readableBytesView
        guard let end = unread[(unread.startIndex + self.searched)...].firstIndex(of: UInt8(ascii: "\n"))
        else {
            self.searched = unread.count
            // One octet of the count may be the CR of a line end that is still on its way.
            guard unread.count <= limit + 1 else { throw ReplyError(.lineTooLong, line: unread) }
            return nil
        }
        self.searched = 0
        let length = end - unread.startIndex
        guard var line = self.buffer.readSlice(length: length) else { return nil }
        self.buffer.moveReaderIndex(forwardBy: 1)
        if line.readableBytesView.last == UInt8(ascii: "\r") {
            line.moveWriterIndex(to: line.writerIndex - 1)
        }
        guard line.readableBytes <= limit else {
            throw ReplyError(.lineTooLong, line: line.readableBytesView)
        }
        return line
    }
}
