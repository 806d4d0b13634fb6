public import NIOCore

/// One line of a reply: code, whether it is the last line, and the text (RFC 5321 section 4.2).
///
/// Second reply layer. The text is a slice of the octets read from the network; nothing is copied.
public struct ReplyLine: Sendable, Hashable {
    /// Octets a line has besides its text: three digits and the separator.
    static let overhead = 4

    /// The code.
    public let code: ReplyCode
    /// Whether the reply ends with this line: the code is not followed by a hyphen.
    public let isLast: Bool
    /// The text behind the separator, as octets; may be empty.
    public let text: ByteBuffer

    /// Parses one line without its line end.
    ///
    /// The code alone is a complete line (`250`), and so is `250-`; both occur.
    package init(parsing line: ByteBuffer) throws(ReplyError) {
        let octets = line.readableBytesUInt8Span
        var value = 0
        for index in 0..<min(octets.count, 3) {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octets[index]) else {
                throw ReplyError(.malformedCode, line: line.readableBytesView)
            }
            value = value * 10 + Int(octets[index] - UInt8(ascii: "0"))
        }
        guard octets.count >= 3, let code = ReplyCode(value) else {
            throw ReplyError(.malformedCode, line: line.readableBytesView)
        }
        switch octets.count > 3 ? octets[3] : UInt8(ascii: " ") {
        case UInt8(ascii: " "): self.isLast = true
        case UInt8(ascii: "-"): self.isLast = false
        default: throw ReplyError(.malformedSeparator, line: line.readableBytesView)
        }
        self.code = code
        var text = line
        text.moveReaderIndex(forwardBy: min(Self.overhead, octets.count))
        self.text = text
    }
}
