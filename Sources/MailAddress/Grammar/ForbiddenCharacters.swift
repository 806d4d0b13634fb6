/// The characters that no address, no address list and no header field may hold.
///
/// They are looked for in the whole input before any parsing, so that no grammar rule can let one through.
package enum ForbiddenCharacters {
    /// The offset of the first control character, C1 control, U+2028 or U+2029 in a piece of UTF-8.
    package static func firstIndex(in bytes: some Sequence<UInt8>) -> Int? {
        firstIndex(in: bytes) { _ in false }
    }

    /// As ``firstIndex(in:)``, leaving out the ASCII controls for which `isAllowed` answers true.
    package static func firstIndex(in bytes: some Sequence<UInt8>, isAllowed: (UInt8) -> Bool) -> Int? {
        var index = 0
        var previous: UInt8 = 0
        var beforePrevious: UInt8 = 0
        for byte in bytes {
            if byte.isASCII {
                if byte.isControl && !isAllowed(byte) { return index }
            } else if previous == 0xC2 && byte < 0xA0 {
                return index - 1
            } else if beforePrevious == 0xE2 && previous == 0x80 && (byte == 0xA8 || byte == 0xA9) {
                return index - 2
            }
            beforePrevious = previous
            previous = byte
            index += 1
        }
        return nil
    }

    /// The offset of the first line break that is not folding white space (RFC 5322 §3.2.2), or nil.
    ///
    /// A fold is CR LF and then a space or a tab. Where `isStrict`, a folded line may not consist of white
    /// space alone: that form is obsolete (RFC 5322 §4.2).
    static func firstBadFold(in bytes: [UInt8], isStrict: Bool) -> Int? {
        var isBlankContinuation = false
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case .carriageReturn:
                let rest = bytes[index...].dropFirst()
                let next = rest.dropFirst().first
                guard rest.first == .lineFeed, next == .space || next == .tab else { return index }
                if isStrict && isBlankContinuation { return index }
                isBlankContinuation = true
                index += 2
            case .lineFeed:
                return index
            case .space, .tab:
                index += 1
            default:
                isBlankContinuation = false
                index += 1
            }
        }
        return nil
    }
}
