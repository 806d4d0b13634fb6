/// Strict base64: canonical alphabet, padding required, nothing else tolerated (RFC 4648 section 4).
package enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
    )

    /// The text of octets, without line breaks.
    package static func encode(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        result.reserveCapacity((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let remaining = bytes.count - index
            let group =
                UInt32(bytes[index]) << 16
                | (remaining > 1 ? UInt32(bytes[index + 1]) << 8 : 0)
                | (remaining > 2 ? UInt32(bytes[index + 2]) : 0)
            for position in 0..<4 {
                let isPadding = position > remaining
                let symbol = Self.alphabet[Int(group >> (18 - 6 * UInt32(position)) & 0x3F)]
                result.append(isPadding ? UInt8(ascii: "=") : symbol)
            }
            index += 3
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The octets; nil for anything that is not exactly what ``encode(_:)`` gives.
    package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(text.count / 4 * 3)
        var (group, bits, padding): (UInt32, UInt32, Int) = (0, 0, 0)
        for byte in text {
            guard let value = Self.value(of: byte), padding == 0 else {
                guard byte == UInt8(ascii: "=") else { return nil }
                padding += 1
                continue
            }
            group = group << 6 | value
            bits += 6
            if bits >= 8 {
                bits -= 8
                result.append(UInt8(truncatingIfNeeded: group >> bits))
                group &= (1 << bits) - 1
            }
        }
        // Two padding characters leave four bits over, one leaves two; they must be zero and match the
        // padding.
        guard group == 0, bits == UInt32(padding) * 2, padding <= 2 else { return nil }
        return result
    }

    private static func value(of byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
