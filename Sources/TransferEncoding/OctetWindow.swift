/// What a window of octets has, each octet looked at together with the one before it.
///
/// The loop has no branches and keeps to bytes, so that the compiler turns it into vector instructions.
struct OctetWindow {
    /// Most octets of one window, so that counts of octets fit a byte.
    static let maximumLength = 240

    /// All octets ORed.
    private(set) var union: UInt8 = 0
    /// The lowest octet.
    private(set) var least: UInt8 = 0xFF
    /// CRs, of which the octets behind them are in the window.
    private(set) var returns: UInt8 = 0
    /// LFs.
    private(set) var lineFeeds: UInt8 = 0
    /// LFs with a CR before them.
    private(set) var pairs: UInt8 = 0
    /// Octets above 0x7E, controls other than CR, LF and TAB, and equals signs.
    private(set) var specials: UInt8 = 0
    /// Underscores with an equals sign before them.
    private(set) var marks: UInt8 = 0

    /// Looks at the `count` octets behind the one at `start`.
    ///
    /// - Parameter count: At most ``maximumLength``.
    init(of octets: Span<UInt8>, behind start: Int, count: Int) {
        let previous = octets.extracting(start..<start + count)
        let current = octets.extracting(start + 1..<start + 1 + count)
        var (least, union): (UInt8, UInt8) = (0xFF, 0)
        var (returns, lineFeeds, pairs): (UInt8, UInt8, UInt8) = (0, 0, 0)
        var (outside, layout, equals, marks): (UInt8, UInt8, UInt8, UInt8) = (0, 0, 0, 0)
        for index in 0..<count {
            let (before, octet) = (previous[index], current[index])
            least = min(least, octet)
            union |= octet
            returns &+= Self.isZero(before ^ 0x0D)
            lineFeeds &+= Self.isZero(octet ^ 0x0A)
            pairs &+= Self.isZero((before ^ 0x0D) | (octet ^ 0x0A))
            outside &+= min(max(octet &- 0x20, 0x5E) &- 0x5E, 1)
            layout &+= Self.isZero(octet ^ 0x0D) &+ Self.isZero(octet ^ 0x09)
            equals &+= Self.isZero(octet ^ 0x3D)
            marks &+= Self.isZero((before ^ 0x3D) | (octet ^ 0x5F))
        }
        (self.least, self.union) = (least, union)
        (self.returns, self.lineFeeds, self.pairs) = (returns, lineFeeds, pairs)
        self.specials = outside &- layout &- lineFeeds &+ equals
        self.marks = marks
    }

    /// One for zero, zero for all else; a comparison here would become a branch.
    private static func isZero(_ octet: UInt8) -> UInt8 { 1 &- min(octet, 1) }

    /// Place of the first LF in a range; the range's end if there is none.
    static func lineFeed(in octets: Span<UInt8>, _ range: Range<Int>) -> Int {
        var index = range.lowerBound
        while range.upperBound - index >= 8 {
            let block = octets.extracting(index..<index + 8)
            var word: UInt64 = 0
            for place in 0..<8 { word |= UInt64(block[place]) << UInt64(8 * place) }
            let ones: UInt64 = 0x0101_0101_0101_0101
            word ^= 0x0A * ones
            // The lowest octet that is zero; a borrow goes upwards only.
            let found = (word &- ones) & ~word & (0x80 * ones)
            guard found == 0 else { return index + found.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < range.upperBound, octets[index] != 0x0A { index += 1 }
        return index
    }
}
