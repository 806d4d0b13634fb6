/// Looks through octets many at a time.
///
/// The loops have no branches and keep to bytes, so that the compiler turns them into vector instructions: a
/// comparison that ends a loop early, or a wider accumulator, makes them ten times slower.
enum OctetScanner {
    /// Most octets of one window, so that counts of octets fit a byte.
    static let windowLength = 240

    /// What a window of octets has, each octet looked at together with its neighbours.
    struct Window {
        /// Whether there is nothing to change or to refuse: no NUL, no CR or LF outside CRLF, no dot behind a
        /// LF, and no empty line where one was looked for.
        let isClean: Bool
        /// Whether it has a LF.
        let hasLineEnd: Bool
        /// All octets ORed.
        let union: UInt8
    }

    /// Looks at the `count` octets behind the one at `start`, which was looked at before.
    ///
    /// - Parameter count: At most ``windowLength``.
    static func window(of octets: Span<UInt8>, behind start: Int, count: Int) -> Window {
        let previous = octets.extracting(start..<start + count)
        let current = octets.extracting(start + 1..<start + 1 + count)
        var (least, union): (UInt8, UInt8) = (0xFF, 0)
        var (returns, lineFeeds, pairs): (UInt8, UInt8, UInt8) = (0, 0, 0)
        for index in 0..<count {
            let (before, octet) = (previous[index], current[index])
            // Zero where a dot begins a line, and where the octet is NUL.
            least = min(least, octet, (before ^ 0x0A) | (octet ^ 0x2E))
            returns &+= before == 0x0D ? 1 : 0
            lineFeeds &+= octet == 0x0A ? 1 : 0
            pairs &+= before == 0x0D && octet == 0x0A ? 1 : 0
            union |= octet
        }
        return Window(
            isClean: least != 0 && returns == pairs && lineFeeds == pairs,
            hasLineEnd: lineFeeds != 0,
            union: union
        )
    }

    /// The same in a header: it is not clean either when it has an empty line, which may reach one octet
    /// farther.
    static func headerWindow(of octets: Span<UInt8>, behind start: Int, count: Int) -> Window {
        let previous = octets.extracting(start..<start + count)
        let next = octets.extracting(start + 2..<start + 2 + count)
        var least: UInt8 = 0xFF
        for index in 0..<count {
            least = min(least, (previous[index] ^ 0x0A) | (next[index] ^ 0x0A))
        }
        let window = Self.window(of: octets, behind: start, count: count)
        return Window(
            isClean: window.isClean && least != 0,
            hasLineEnd: window.hasLineEnd,
            union: window.union
        )
    }

    /// Place of the first octet below 0x0E in a range, the range's end if there is none; ORs every octet
    /// passed over into `union`.
    ///
    /// CR, LF and NUL are below 0x0E and hardly anything else is, so one comparison finds all three.
    static func firstSpecial(in octets: Span<UInt8>, _ range: Range<Int>, union: inout UInt8) -> Int {
        var index = range.lowerBound
        while range.upperBound - index >= 32 {
            let block = octets.extracting(index..<index + 32)
            var (least, all): (UInt8, UInt8) = (0xFF, 0)
            for place in 0..<32 {
                least = min(least, block[place])
                all |= block[place]
            }
            guard least >= 0x0E else { break }
            union |= all
            index += 32
        }
        while index < range.upperBound, octets[index] >= 0x0E {
            union |= octets[index]
            index += 1
        }
        return index
    }

    /// Place of the first CR or LF at or behind `start`; the count of octets if there is none.
    static func lineEnd(in octets: Span<UInt8>, from start: Int) -> Int {
        var union: UInt8 = 0
        var index = start
        while index < octets.count {
            index = Self.firstSpecial(in: octets, index..<octets.count, union: &union)
            guard index < octets.count, octets[index] != 0x0D, octets[index] != 0x0A else { return index }
            index += 1
        }
        return index
    }

    /// Where the next line begins behind one that ends at `end`, with CR, LF or CRLF.
    static func nextLine(in octets: Span<UInt8>, behind end: Int) -> Int {
        let isPair = end + 1 < octets.count && octets[end] == 0x0D && octets[end + 1] == 0x0A
        return min(end + (isPair ? 2 : 1), octets.count)
    }

    /// An octet with letters of ASCII in lower case.
    static func lowercase(_ octet: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(octet) ? octet | 0x20 : octet
    }
}
