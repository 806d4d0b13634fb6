/// Strict base64: canonical alphabet, padding required, nothing else tolerated (RFC 4648 section 4).
package enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
    )

    /// Value of each octet as a symbol, 0xFF for what is none.
    private static let values = (UInt8.min...UInt8.max).map { octet in
        UInt8(Self.alphabet.firstIndex(of: octet) ?? 0xFF)
    }

    /// The text of octets, without line breaks.
    package static func encode(_ bytes: [UInt8]) -> String {
        var result = [UInt8](repeating: UInt8(ascii: "="), count: (bytes.count + 2) / 3 * 4)
        let (groups, rest) = bytes.count.quotientAndRemainder(dividingBy: 3)
        Self.encodeGroups(bytes.span, count: groups, into: &result)
        if rest > 0 {
            let (first, second) = (bytes[3 * groups], rest > 1 ? bytes[3 * groups + 1] : 0)
            result[4 * groups] = Self.alphabet[Int(first >> 2)]
            result[4 * groups + 1] = Self.alphabet[Int(first << 4 & 0x3F | second >> 4)]
            if rest > 1 { result[4 * groups + 2] = Self.alphabet[Int(second << 2 & 0x3F)] }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Encodes groups of three octets.
    private static func encodeGroups(_ bytes: Span<UInt8>, count: Int, into result: inout [UInt8]) {
        let alphabet = Self.alphabet.span
        var output = result.mutableSpan
        // Known once, these spare a check at every symbol.
        guard alphabet.count == 64, bytes.count >= 3 * count, output.count >= 4 * count else { return }
        for index in 0..<count {
            let octets = bytes.extracting(3 * index..<3 * index + 3)
            let (a, b, c) = (octets[0], octets[1], octets[2])
            output[4 * index] = alphabet[Int(a >> 2)]
            output[4 * index + 1] = alphabet[Int(a << 4 & 0x3F | b >> 4)]
            output[4 * index + 2] = alphabet[Int(b << 2 & 0x3F | c >> 6)]
            output[4 * index + 3] = alphabet[Int(c & 0x3F)]
        }
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
