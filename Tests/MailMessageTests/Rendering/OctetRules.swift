import MailMessage
import Testing

/// Rules that the octets of every message keep.
enum OctetRules {
    /// Looks at line ends, at the length of lines, and at whether ``RenderedMessage/needs`` is true.
    static func check(
        _ octets: [UInt8],
        _ rendered: RenderedMessage,
        _ comment: Comment? = nil,
        at location: SourceLocation = #_sourceLocation
    ) {
        let isASCII = octets.allSatisfy { $0 < 0x80 }
        if rendered.needs == .sevenBit { #expect(isASCII, comment, sourceLocation: location) }
        guard rendered.needs != .binary else { return }
        var (longest, length, bare, last): (Int, Int, Int, UInt8) = (0, 0, 0, 0)
        for octet in octets {
            if octet == 0x0A {
                if last != 0x0D { bare += 1 }
                longest = max(longest, length - 1)
                length = 0
            } else {
                if last == 0x0D { bare += 1 }
                length += 1
            }
            last = octet
        }
        #expect(bare == 0, comment, sourceLocation: location)
        #expect(length == 0, comment, sourceLocation: location)
        #expect(longest <= 998, comment, sourceLocation: location)
        #expect(!octets.contains(0), comment, sourceLocation: location)
        // What says that it needs 8BITMIME has an octet that does.
        if rendered.needs == .eightBit { #expect(!isASCII, comment, sourceLocation: location) }
    }
}
