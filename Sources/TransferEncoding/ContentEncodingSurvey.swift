/// What decides the transfer encoding of content, found in one pass (RFC 2045 section 6).
///
/// CRLF, and a CR or LF alone, ends a line. How the octets are split into pieces makes no difference. The findings
/// are complete once ``finish()`` was called.
package struct ContentEncodingSurvey: Sendable {
    /// Octets of the content.
    package private(set) var octetCount: UInt64 = 0
    /// Line ends that are CRLF.
    package private(set) var crlfCount: UInt64 = 0
    /// CRs without a LF behind them.
    package private(set) var bareCRCount: UInt64 = 0
    /// LFs without a CR before them.
    package private(set) var bareLFCount: UInt64 = 0
    /// Octets that quoted-printable has to encode wherever they are: those above 0x7E, controls other than CR,
    /// LF and TAB, and equals signs.
    package private(set) var specialOctets: UInt64 = 0
    /// Whether there is an octet above 0x7F.
    package private(set) var hasEightBitOctets = false
    /// Whether there is a NUL.
    package private(set) var hasNUL = false

    private var longestLine: UInt64 = 0
    /// Octets of the unfinished line, a CR that may be half of a CRLF counted.
    private var lineLength: UInt64 = 0
    /// The octet before the next one; none at the start.
    private var last: UInt8?
    private var boundaries: BoundaryLikeLines

    /// A survey at the start of the content.
    ///
    /// - Parameter tokens: What stands behind the first dot of the boundaries that matter; nil for all.
    package init(boundaryTokens tokens: Set<[UInt8]>? = nil) {
        self.boundaries = BoundaryLikeLines(with: tokens)
    }

    /// Whether there is a CR without a LF behind it.
    package var hasBareCR: Bool { self.bareCRCount > 0 }

    /// Whether there is a LF without a CR before it.
    package var hasBareLF: Bool { self.bareLFCount > 0 }

    /// Octets of the longest line without its line end; `Int.max` for any that are more.
    package var maximumLineLength: Int { Int(clamping: self.longestLine) }

    /// Whether the last line has a line end; false for empty content.
    package var endsWithLineEnd: Bool { self.last == 0x0D || self.last == 0x0A }

    /// What the first 80 octets of each line that begins with `--=_`, and has one of the tokens, are behind the two
    /// hyphens; each once, at most 64, in their order.
    package var boundaryLikeLines: [[UInt8]] { self.boundaries.lines }

    /// Whether more such lines differ than ``boundaryLikeLines`` has room for.
    package var hasTooManyBoundaryLikeLines: Bool { self.boundaries.hasTooMany }

    /// Takes the next octets.
    package mutating func append(_ octets: Span<UInt8>) {
        guard !octets.isEmpty else { return }
        self.octetCount += UInt64(octets.count)
        self.take(octets[0])
        var index = 1
        while index < octets.count {
            let count = min(OctetWindow.maximumLength, octets.count - index)
            let window = OctetWindow(of: octets, behind: index - 1, count: count)
            let range = index..<index + count
            index += count
            // What may be a boundary is looked at octet by octet.
            guard !self.boundaries.isInLine, window.marks == 0 || self.boundaries.hasTooMany else {
                for place in range { self.take(octets[place]) }
                continue
            }
            self.take(window)
            if window.returns == window.pairs {
                self.takeLines(octets, range)
            } else {
                self.takeLinesOfAnyEnd(octets, range)
            }
            self.boundaries.skip(octets.extracting(range))
            self.last = octets[range.upperBound - 1]
        }
    }

    /// Takes the end of the content.
    package mutating func finish() {
        if self.last == 0x0D {
            self.bareCRCount += 1
            self.endLine(length: self.lineLength - 1)
        } else if self.lineLength > 0 {
            self.endLine(length: self.lineLength)
        }
    }

    /// Takes the counts of a window.
    private mutating func take(_ window: OctetWindow) {
        self.crlfCount += UInt64(window.pairs)
        self.bareCRCount += UInt64(window.returns - window.pairs)
        self.bareLFCount += UInt64(window.lineFeeds - window.pairs)
        self.specialOctets += UInt64(window.specials)
        if window.union > 0x7F { self.hasEightBitOctets = true }
        if window.least == 0 { self.hasNUL = true }
    }

    /// Takes the lines of a range, in which every line ends with LF or CRLF; the octet before it is known.
    private mutating func takeLines(_ octets: Span<UInt8>, _ range: Range<Int>) {
        var index = range.lowerBound
        while index < range.upperBound {
            let end = OctetWindow.lineFeed(in: octets, index..<range.upperBound)
            self.lineLength += UInt64(end - index)
            guard end < range.upperBound else { break }
            self.endLine(length: self.lineLength - (octets[end - 1] == 0x0D ? 1 : 0))
            index = end + 1
        }
    }

    /// Takes the lines of a range, in which one ends with CR alone; the octet before it is known.
    private mutating func takeLinesOfAnyEnd(_ octets: Span<UInt8>, _ range: Range<Int>) {
        var before = octets[range.lowerBound - 1]
        for place in range {
            let octet = octets[place]
            if before == 0x0D || octet == 0x0A {
                self.endLine(length: self.lineLength - (before == 0x0D ? 1 : 0))
            }
            if octet != 0x0A { self.lineLength += 1 }
            before = octet
        }
    }

    /// Takes one octet.
    private mutating func take(_ octet: UInt8) {
        let isPair = self.last == 0x0D && octet == 0x0A
        if self.last == 0x0D, !isPair {
            self.bareCRCount += 1
            self.endLine(length: self.lineLength - 1)
        }
        self.last = octet
        switch octet {
        case 0x0A:
            self.crlfCount += isPair ? 1 : 0
            self.bareLFCount += isPair ? 0 : 1
            self.endLine(length: self.lineLength - (isPair ? 1 : 0))
        case 0x0D:
            self.lineLength += 1
            self.boundaries.endLine()
        default:
            self.lineLength += 1
            self.boundaries.append(octet, lineLength: self.lineLength)
            if octet > 0x7F { self.hasEightBitOctets = true }
            if octet == 0 { self.hasNUL = true }
            if octet == UInt8(ascii: "=") || (octet &- 0x20 > 0x5E && octet != 0x09) {
                self.specialOctets += 1
            }
        }
    }

    private mutating func endLine(length: UInt64) {
        self.longestLine = max(self.longestLine, length)
        self.lineLength = 0
        self.boundaries.endLine()
    }
}
