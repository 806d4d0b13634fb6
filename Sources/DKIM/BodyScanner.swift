/// Looks through the body many octets at a time, for what canonicalisation may change.
///
/// The loop has no branches and keeps to bytes, so that the compiler turns it into vector instructions.
enum BodyScanner {
    /// Octets of a window.
    static let windowLength = 128

    /// Where the windows end whose octets all stay as they are; `start` if the first does not.
    ///
    /// - Parameter start: At least 1; the octet before it stays as it is, and is no CR.
    static func plainEnd(of octets: Span<UInt8>, behind start: Int, isRelaxed: Bool) -> Int {
        var index = start
        while octets.count - index >= Self.windowLength,
            isRelaxed ? Self.isRelaxed(octets, at: index) : Self.isSimple(octets, at: index)
        {
            index += Self.windowLength
        }
        // A CR at the end of a window has not been seen together with what follows.
        return index > start && octets[index - 1] == 0x0D ? index - 1 : index
    }

    /// Whether a window has no CR or LF outside CRLF.
    private static func isSimple(_ octets: Span<UInt8>, at start: Int) -> Bool {
        let previous = octets.extracting(start - 1..<start - 1 + Self.windowLength)
        let current = octets.extracting(start..<start + Self.windowLength)
        var found: UInt8 = 0
        for index in 0..<Self.windowLength {
            let isBehindReturn: UInt8 = previous[index] == 0x0D ? 1 : 0
            let isLineFeed: UInt8 = current[index] == 0x0A ? 1 : 0
            found |= isBehindReturn ^ isLineFeed
        }
        return found == 0
    }

    /// Whether a window has no CR or LF outside CRLF either, no tab, and no white space or line end behind a
    /// space.
    private static func isRelaxed(_ octets: Span<UInt8>, at start: Int) -> Bool {
        let previous = octets.extracting(start - 1..<start - 1 + Self.windowLength)
        let current = octets.extracting(start..<start + Self.windowLength)
        var found: UInt8 = 0
        for index in 0..<Self.windowLength {
            let (before, octet) = (previous[index], current[index])
            let isBehindReturn: UInt8 = before == 0x0D ? 1 : 0
            let isLineFeed: UInt8 = octet == 0x0A ? 1 : 0
            let isTab: UInt8 = octet == 0x09 ? 1 : 0
            let isSpaceTwice: UInt8 = before == 0x20 && octet == 0x20 ? 1 : 0
            let isSpaceLast: UInt8 = before == 0x20 && octet == 0x0D ? 1 : 0
            found |= isBehindReturn ^ isLineFeed | isTab | isSpaceTwice | isSpaceLast
        }
        return found == 0
    }
}
