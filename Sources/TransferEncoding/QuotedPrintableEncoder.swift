/// Writes the octets of a body as quoted-printable text (RFC 2045 section 6.7), piece by piece.
///
/// No line is longer than 76 octets, no line ends with white space, and no line begins with a dot or with `From `,
/// which some mailers change. How the octets are split into pieces makes no difference to the text. The text
/// ends with a line end only if the octets do.
package struct QuotedPrintableEncoder: Sendable {
    /// Octets that must be known behind one before it can be written: those of `From ` behind the `F`.
    private static let lookahead = 4

    /// Octets taken at a time, so that the room for their text stays small.
    private static let windowLength = 2048

    /// Whether line ends are line ends of the text, rather than octets as any other.
    private let isText: Bool
    /// Octets of the last piece that are not written yet, because of what may follow them.
    private var waiting: [UInt8] = []
    /// The unfinished line of the text.
    private var line = QuotedPrintableLine()

    /// An encoder at the start of a body.
    ///
    /// - Parameter isText: Whether CRLF, and a CR or LF alone, ends a line and is written as CRLF; otherwise CR
    ///   and LF are encoded as any other control.
    package init(isText: Bool) {
        self.isText = isText
    }

    /// Appends the text of all octets but the last few.
    package mutating func encode(_ octets: Span<UInt8>, into output: inout [UInt8]) {
        var start = 0
        if !self.waiting.isEmpty {
            let waiting = self.waiting.count
            let length = min(Self.lookahead, octets.count)
            for index in 0..<length { self.waiting.append(octets[index]) }
            let joined = self.waiting
            let done = self.write(joined.span, isLast: false, into: &output)
            // With all the octets it has to see, nothing of what waited is left.
            guard length == Self.lookahead else {
                self.waiting.removeFirst(done)
                return
            }
            self.waiting.removeAll(keepingCapacity: true)
            start = done - waiting
        }
        let rest = octets.extracting(start..<octets.count)
        for index in self.write(rest, isLast: false, into: &output)..<rest.count {
            self.waiting.append(rest[index])
        }
    }

    /// Appends the text of the last octets.
    package mutating func finish(into output: inout [UInt8]) {
        let waiting = self.waiting
        _ = self.write(waiting.span, isLast: true, into: &output)
        self = Self(isText: self.isText)
    }

    /// Appends the text of the octets that have enough others behind them, or of all if they are the last.
    ///
    /// - Returns: The count of octets written.
    private mutating func write(_ octets: Span<UInt8>, isLast: Bool, into output: inout [UInt8]) -> Int {
        let end = isLast ? octets.count : max(0, octets.count - Self.lookahead)
        var place = output.count
        var index = 0
        while index < end {
            let window = index..<min(end, index + Self.windowLength)
            // Three octets for each, a soft line break at least every 21 of them, a block copied beyond the end.
            let room = place + 4 * window.count + 64
            if output.count < room {
                output.append(contentsOf: repeatElement(0, count: room - output.count))
            }
            var text = output.mutableSpan
            index = self.line.write(octets, window, isText: self.isText, into: &text, at: &place)
        }
        output.removeLast(output.count - place)
        return index
    }
}
