import NIOCore

/// The receiving side of the DATA phase (RFC 5321 section 4.5.2): it takes the stuffed dots out and finds the
/// end.
///
/// Only CRLF begins a new line. LF or CR alone are octets of the content, so that neither LF.LF nor LF.CRLF
/// ends it. The state survives any cut of the input.
struct DotDecoder {
    private enum State {
        case lineStart
        /// Behind a dot at the start of a line; the dot is not content.
        case dot
        /// Behind dot and CR; the CR is withheld.
        case dotCarriageReturn
        case middle
        case carriageReturn
    }

    private var state = State.lineStart

    /// Decodes octets up to the end of the content.
    ///
    /// - Returns: how many octets were taken, and whether they include the terminator.
    mutating func decode(
        _ octets: ByteBufferView,
        into sink: inout ContentSink
    ) -> (consumed: Int, isComplete: Bool) {
        var index = octets.startIndex
        // Octets of the content from here on have not been handed over yet.
        var start = index
        while index < octets.endIndex {
            let octet = octets[index]
            switch (self.state, octet) {
            case (.middle, _):
                // The bulk of a line in one step.
                guard let end = octets[index...].firstIndex(of: .carriageReturn) else {
                    index = octets.endIndex
                    continue
                }
                index = end + 1
                self.state = .carriageReturn
            case (.lineStart, .dot):
                sink.append(octets[start..<index])
                index += 1
                start = index
                self.state = .dot
            case (.dot, .carriageReturn):
                index += 1
                start = index
                self.state = .dotCarriageReturn
            case (.dotCarriageReturn, .lineFeed):
                return (index + 1 - octets.startIndex, true)
            case (.dotCarriageReturn, _):
                sink.append(ByteBuffer(bytes: [UInt8.carriageReturn]).readableBytesView)
                self.state = .carriageReturn
            case (.carriageReturn, .lineFeed):
                index += 1
                self.state = .lineStart
            case (_, .carriageReturn):
                index += 1
                self.state = .carriageReturn
            default:
                self.state = .middle
            }
        }
        sink.append(octets[start..<index])
        return (octets.count, false)
    }
}
