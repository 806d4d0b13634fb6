/// Base64 bit by bit: the reference that the fast one is compared with.
enum PlainBase64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
    )

    static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var bits = bytes.flatMap { octet in (0..<8).map { octet >> (7 - $0) & 1 } }
        while bits.count % 6 != 0 { bits.append(0) }
        var result = stride(from: 0, to: bits.count, by: 6).map { start in
            Self.alphabet[bits[start..<start + 6].reduce(0) { $0 * 2 + Int($1) }]
        }
        while result.count % 4 != 0 { result.append(UInt8(ascii: "=")) }
        return result
    }

    /// What is not exactly what ``encode(_:)`` gives is nil.
    static func decode(_ text: [UInt8]) -> [UInt8]? {
        let symbols = text.prefix { $0 != UInt8(ascii: "=") }
        var bits: [UInt8] = []
        for symbol in symbols {
            guard let value = Self.alphabet.firstIndex(of: symbol) else { return nil }
            bits += (0..<6).map { UInt8(value >> (5 - $0) & 1) }
        }
        let bytes = stride(from: 0, to: bits.count / 8 * 8, by: 8).map { start in
            bits[start..<start + 8].reduce(UInt8(0)) { $0 << 1 | $1 }
        }
        return Self.encode(bytes) == text ? bytes : nil
    }
}
