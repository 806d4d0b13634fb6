/// Looks for octets above 0x7F in the header of a message, piece by piece (RFC 6532 section 3.7).
struct HeaderWatch: Sendable {
    /// Whether one was seen before the first empty line.
    private(set) var sawEightBit = false
    private var isOver = false
    /// Whether nothing stands on the line yet.
    private var isAtLineStart = true
    private var endsWithReturn = false

    /// Looks at the next octets.
    mutating func append(_ octets: Span<UInt8>) {
        var index = 0
        while !self.isOver, index < octets.count {
            let octet = octets[index]
            index += 1
            guard octet == 0x0D || octet == 0x0A else {
                self.sawEightBit = self.sawEightBit || octet >= 0x80
                self.isAtLineStart = false
                self.endsWithReturn = false
                continue
            }
            // The LF of a CRLF ends no line of its own.
            let isSecond = octet == 0x0A && self.endsWithReturn
            self.endsWithReturn = octet == 0x0D
            guard !isSecond else { continue }
            self.isOver = self.isAtLineStart
            self.isAtLineStart = true
        }
    }
}
