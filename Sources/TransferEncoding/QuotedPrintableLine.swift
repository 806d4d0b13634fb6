/// The line that a ``QuotedPrintableEncoder`` writes on.
struct QuotedPrintableLine: Sendable {
    /// How an octet may be written.
    private enum Kind {
        /// As itself.
        static let plain: UInt8 = 0
        /// As itself, but not at the end of a line.
        static let whiteSpace: UInt8 = 1
        /// As itself, but not always at the start of a line.
        static let lineStart: UInt8 = 2
        /// As a line end, in text.
        static let lineEnd: UInt8 = 3
        /// With its digits only.
        static let encoded: UInt8 = 4
    }

    private static let kinds = (UInt8.min...UInt8.max).map { octet in
        switch octet {
        case 0x09, 0x20: Kind.whiteSpace
        case 0x0A, 0x0D: Kind.lineEnd
        case UInt8(ascii: "."), UInt8(ascii: "F"): Kind.lineStart
        case UInt8(ascii: "="): Kind.encoded
        case 0x21...0x7E: Kind.plain
        default: Kind.encoded
        }
    }

    /// What octets are written as inside a line: up to three octets from the lowest on, their count in the
    /// highest; zero for what may have to be written in another way.
    private static let forms = (UInt8.min...UInt8.max).map { octet in
        switch Self.kinds[Int(octet)] {
        case Kind.whiteSpace, Kind.lineEnd:
            UInt32(0)
        case Kind.encoded:
            UInt32(UInt8(ascii: "=")) | UInt32(Self.digit(octet >> 4)) << 8
                | UInt32(Self.digit(octet & 0x0F)) << 16 | 3 << 24
        default:
            UInt32(octet) | 1 << 24
        }
    }

    /// Most octets of a line, without its CRLF.
    private static let limit = 76
    /// Octets looked at together.
    private static let blockLength = 16

    /// Octets that the line has.
    private var column = 0

    /// Writes the octets of a range, and the second one of a CRLF behind it.
    ///
    /// - Parameters:
    ///   - octets: Those behind the range are only looked at; it must have all octets that may matter, or end
    ///     where the body ends.
    ///   - output: Where the text goes, with room for it.
    ///   - place: Where in the output it goes on.
    /// - Returns: Where the octets that are not written begin.
    mutating func write(
        _ octets: Span<UInt8>,
        _ range: Range<Int>,
        isText: Bool,
        into output: inout MutableSpan<UInt8>,
        at place: inout Int
    ) -> Int {
        let kinds = Self.kinds.span
        let forms = Self.forms.span
        // Known once, this spares a check at every look-up.
        guard kinds.count == 256, forms.count == 256 else { return range.lowerBound }
        var index = range.lowerBound
        while index < range.upperBound {
            let octet = octets[index]
            let kind = kinds[Int(octet)]
            if kind <= Kind.whiteSpace || (kind == Kind.lineStart && self.column > 0) {
                index = self.copyRun(octets, index..<range.upperBound, into: &output, at: &place)
                guard index < range.upperBound else { break }
            }
            index = self.writeOne(octets, index, kinds: kinds, isText: isText, into: &output, at: &place)
            let rest = index..<max(index, range.upperBound)
            index = self.writeMixed(octets, rest, forms: forms, isText: isText, into: &output, at: &place)
        }
        return index
    }

    /// Writes octets as long as the line has room for any, and it matters neither what follows them nor where
    /// they are: without a branch on what each of them is, which nobody could foresee.
    ///
    /// - Returns: Where the octets that are not written begin.
    private mutating func writeMixed(
        _ octets: Span<UInt8>,
        _ range: Range<Int>,
        forms: Span<UInt32>,
        isText: Bool,
        into output: inout MutableSpan<UInt8>,
        at place: inout Int
    ) -> Int {
        guard self.column > 0, forms.count == 256, octets.count >= range.upperBound else {
            return range.lowerBound
        }
        // Room for a character of four octets in text, for one octet otherwise.
        let last = Self.limit - 1 - (isText ? 12 : 3)
        var (index, column, end) = (range.lowerBound, self.column, place)
        while index < range.upperBound, column <= last {
            let form = forms[Int(octets[index])]
            guard form != 0, end >= 0, end < output.count - 2 else { break }
            output[end] = UInt8(truncatingIfNeeded: form)
            output[end &+ 1] = UInt8(truncatingIfNeeded: form >> 8)
            output[end &+ 2] = UInt8(truncatingIfNeeded: form >> 16)
            let width = Int(form >> 24)
            index &+= 1
            column &+= width
            end &+= width
        }
        self.column = column
        place = end
        return index
    }

    /// Copies octets that are written as themselves, as long as it matters neither what follows them nor
    /// where they are.
    ///
    /// - Returns: Where the octets that are not copied begin.
    private mutating func copyRun(
        _ octets: Span<UInt8>,
        _ range: Range<Int>,
        into output: inout MutableSpan<UInt8>,
        at place: inout Int
    ) -> Int {
        // The last octet of a full line depends on what follows.
        let room = min(Self.limit - 1 - self.column, range.count)
        var length = 0
        while length < room {
            let start = range.lowerBound + length
            guard octets.count - start >= Self.blockLength else {
                while length < room, Self.isPlain(octets[range.lowerBound + length]) {
                    output[place + length] = octets[range.lowerBound + length]
                    length += 1
                }
                break
            }
            let block = octets.extracting(start..<start + Self.blockLength)
            let plain = Self.copyBlock(block, into: &output, at: place + length)
            length += plain
            guard plain == Self.blockLength else { break }
        }
        length = min(length, room)
        // White space may be the last of its line.
        if length > 0, octets[range.lowerBound + length - 1] <= 0x20 { length -= 1 }
        self.column += length
        place += length
        return range.lowerBound + length
    }

    /// Whether an octet is space or what prints, but for the equals sign.
    private static func isPlain(_ octet: UInt8) -> Bool {
        octet &- 0x20 < 0x5F && octet != UInt8(ascii: "=")
    }

    /// Copies a block; returns how many of its octets are plain before the first that is not.
    ///
    /// Inlined, as is what it calls, it makes plain text half as fast again.
    @inline(__always)
    private static func copyBlock(
        _ block: Span<UInt8>,
        into output: inout MutableSpan<UInt8>,
        at start: Int
    ) -> Int {
        var octets = SIMD16<UInt8>()
        for place in 0..<16 { octets[place] = block[place] }
        guard start >= 0, start < output.count - 15 else { return 0 }
        for place in 0..<16 { output[start &+ place] = octets[place] }
        let low = Self.plainCount(block, from: 0)
        return low < 8 ? low : 8 + Self.plainCount(block, from: 8)
    }

    /// How many of eight octets are plain before the first that is not.
    ///
    /// A borrow goes upwards only: what it says wrongly is behind the first octet that is not plain.
    @inline(__always)
    private static func plainCount(_ octets: Span<UInt8>, from start: Int) -> Int {
        var word: UInt64 = 0
        for place in 0..<8 { word |= UInt64(octets[start + place]) << UInt64(8 * place) }
        let ones: UInt64 = 0x0101_0101_0101_0101
        let isControl = (word &- 0x20 * ones) & ~word
        let (equals, delete) = (word ^ 0x3D * ones, word ^ 0x7F * ones)
        let isEquals = (equals &- ones) & ~equals
        let isDelete = (delete &- ones) & ~delete
        return ((isControl | isEquals | isDelete | word) & (0x80 * ones)).trailingZeroBitCount / 8
    }

    /// Writes one octet, or one line end.
    private mutating func writeOne(
        _ octets: Span<UInt8>,
        _ index: Int,
        kinds: Span<UInt8>,
        isText: Bool,
        into output: inout MutableSpan<UInt8>,
        at place: inout Int
    ) -> Int {
        let octet = octets[index]
        let kind = kinds[Int(octet)]
        let next = index + 1 < octets.count ? octets[index + 1] : nil
        if isText, kind == Kind.lineEnd {
            Self.put(0x0D, 0x0A, into: &output, at: &place)
            self.column = 0
            return index + (octet == 0x0D && next == 0x0A ? 2 : 1)
        }
        let isLast = next.map { isText && kinds[Int($0)] == Kind.lineEnd } ?? true
        var isEncoded = kind >= Kind.lineEnd || (kind == Kind.whiteSpace && isLast)
        var width = isEncoded ? 3 : 1
        if isText, octet >= 0xC2 {
            // A character is not split over two lines.
            width = octet < 0xE0 ? 6 : octet < 0xF0 ? 9 : 12
        }
        if self.column + width > (isLast ? Self.limit : Self.limit - 1) {
            output[place] = UInt8(ascii: "=")
            place += 1
            Self.put(0x0D, 0x0A, into: &output, at: &place)
            self.column = 0
        }
        if self.column == 0, kind == Kind.lineStart {
            isEncoded = octet == UInt8(ascii: ".") || Self.isFrom(octets, index)
        }
        if isEncoded {
            output[place] = UInt8(ascii: "=")
            place += 1
            Self.put(Self.digit(octet >> 4), Self.digit(octet & 0x0F), into: &output, at: &place)
            self.column += 3
        } else {
            output[place] = octet
            place += 1
            self.column += 1
        }
        return index + 1
    }

    private static func put(
        _ first: UInt8,
        _ second: UInt8,
        into output: inout MutableSpan<UInt8>,
        at place: inout Int
    ) {
        output[place] = first
        output[place + 1] = second
        place += 2
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") - 10 + value
    }

    /// Whether the octets at a place are `From `.
    private static func isFrom(_ octets: Span<UInt8>, _ index: Int) -> Bool {
        octets.count - index >= 5 && octets[index] == UInt8(ascii: "F")
            && octets[index + 1] == UInt8(ascii: "r") && octets[index + 2] == UInt8(ascii: "o")
            && octets[index + 3] == UInt8(ascii: "m") && octets[index + 4] == UInt8(ascii: " ")
    }
}
