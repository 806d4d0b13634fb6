/// Strict base64: canonical alphabet, padding required, nothing else tolerated (RFC 4648 section 4).
package enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
    )

    /// Value of each octet as a symbol, 0xFF for what is none.
    private static let values = (UInt8.min...UInt8.max).map { octet in
        UInt8(Self.alphabet.firstIndex(of: octet) ?? 0xFF)
    }

    /// The two symbols of every twelve bits, the first one in the low octet: half as many look-ups as with the
    /// alphabet alone.
    private static let symbolPairs = (0..<4096).map { bits in
        UInt16(Self.alphabet[bits >> 6]) | UInt16(Self.alphabet[bits & 0x3F]) << 8
    }

    /// The text of octets, without line breaks.
    package static func encode(_ bytes: [UInt8]) -> String {
        var result = [UInt8](repeating: UInt8(ascii: "="), count: (bytes.count + 2) / 3 * 4)
        let (groups, rest) = bytes.count.quotientAndRemainder(dividingBy: 3)
        var output = result.mutableSpan
        Self.encodeGroups(bytes.span, count: groups, into: &output, at: 0)
        if rest > 0 {
            let group = Self.lastGroup(bytes[3 * groups], rest > 1 ? bytes[3 * groups + 1] : nil)
            result.replaceSubrange(4 * groups..<4 * groups + 4, with: group)
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Encodes the first `count` groups of three octets to groups of four symbols of `output`, from `start` on.
    static func encodeGroups(
        _ bytes: Span<UInt8>,
        count: Int,
        into output: inout MutableSpan<UInt8>,
        at start: Int
    ) {
        let pairs = Self.symbolPairs.span
        // Known once, this spares a check at every look-up.
        guard pairs.count == 4096 else { return }
        var (index, place) = (0, start)
        // Two groups make one store of eight symbols.
        while index < count &- 1 {
            let octets = bytes.extracting(3 &* index..<3 &* index &+ 6)
            let first = Self.symbols(octets[0], octets[1], octets[2], pairs)
            let second = Self.symbols(octets[3], octets[4], octets[5], pairs)
            let symbols = UInt64(first) | UInt64(second) << 32
            // One check in place of eight.
            guard place >= 0, place < output.count - 7 else { return }
            output[place] = UInt8(truncatingIfNeeded: symbols)
            output[place &+ 1] = UInt8(truncatingIfNeeded: symbols >> 8)
            output[place &+ 2] = UInt8(truncatingIfNeeded: symbols >> 16)
            output[place &+ 3] = UInt8(truncatingIfNeeded: symbols >> 24)
            output[place &+ 4] = UInt8(truncatingIfNeeded: symbols >> 32)
            output[place &+ 5] = UInt8(truncatingIfNeeded: symbols >> 40)
            output[place &+ 6] = UInt8(truncatingIfNeeded: symbols >> 48)
            output[place &+ 7] = UInt8(truncatingIfNeeded: symbols >> 56)
            index &+= 2
            place &+= 8
        }
        if index < count {
            let octets = bytes.extracting(3 * index..<3 * index + 3)
            let symbols = Self.symbols(octets[0], octets[1], octets[2], pairs)
            for byte in 0..<4 { output[place + byte] = UInt8(truncatingIfNeeded: symbols >> (8 * byte)) }
        }
    }

    /// The four symbols of three octets, the first symbol in the lowest octet.
    private static func symbols(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ pairs: Span<UInt16>) -> UInt32 {
        let bits = Int(a) << 16 | Int(b) << 8 | Int(c)
        return UInt32(pairs[bits >> 12]) | UInt32(pairs[bits & 0xFFF]) << 16
    }

    /// The padded symbols of the last one or two octets.
    static func lastGroup(_ first: UInt8, _ second: UInt8?) -> [UInt8] {
        let padding = UInt8(ascii: "=")
        return [
            Self.alphabet[Int(first >> 2)],
            Self.alphabet[Int(first << 4 & 0x3F | (second ?? 0) >> 4)],
            second.map { Self.alphabet[Int($0 << 2 & 0x3F)] } ?? padding,
            padding,
        ]
    }

    /// The octets; nil for anything that is not exactly what ``encode(_:)`` gives.
    package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        // One copy makes the loop below one over plain memory, whatever the collection is.
        Self.decode(Array(text).span)
    }

    private static func decode(_ text: Span<UInt8>) -> [UInt8]? {
        guard text.count % 4 == 0, !text.isEmpty else { return text.isEmpty ? [] : nil }
        let padding =
            text[text.count - 1] != UInt8(ascii: "=") ? 0 : text[text.count - 2] != UInt8(ascii: "=") ? 1 : 2
        var result = [UInt8](repeating: 0, count: text.count / 4 * 3 - padding)
        // A value above 0x3F stands for an octet that is no symbol.
        var union = Self.decodeGroups(text, count: text.count / 4 - (padding > 0 ? 1 : 0), into: &result)
        if padding > 0 {
            let symbols = (0..<4 - padding).map { Self.values[Int(text[text.count - 4 + $0])] }
            union |= symbols.reduce(0, |)
            var group = symbols.reduce(0) { $0 << 6 | UInt32($1) }
            // The bits that padding leaves over must be zero.
            let bits = UInt32(2 * padding)
            guard group & ((1 << bits) - 1) == 0 else { return nil }
            group >>= bits
            for index in result.indices.suffix(3 - padding).reversed() {
                result[index] = UInt8(truncatingIfNeeded: group)
                group >>= 8
            }
        }
        return union <= 0x3F ? result : nil
    }

    /// Decodes groups of four symbols; returns all values ORed.
    private static func decodeGroups(_ text: Span<UInt8>, count: Int, into result: inout [UInt8]) -> UInt8 {
        let values = Self.values.span
        var output = result.mutableSpan
        var union: UInt8 = 0
        // Known once, these spare a check at every symbol.
        guard values.count == 256, text.count >= 4 * count, output.count >= 3 * count else { return 0xFF }
        for index in 0..<count {
            let symbols = text.extracting(4 * index..<4 * index + 4)
            let (a, b) = (values[Int(symbols[0])], values[Int(symbols[1])])
            let (c, d) = (values[Int(symbols[2])], values[Int(symbols[3])])
            union |= a | b | c | d
            output[3 * index] = a << 2 | b >> 4
            output[3 * index + 1] = b << 4 | c >> 2
            output[3 * index + 2] = c << 6 | d
        }
        return union
    }
}
