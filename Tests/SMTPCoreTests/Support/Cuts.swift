import NIOCore

/// Ways to cut octets into pieces.
enum Cuts {
    /// The whole, pieces of one octet, and a cut at every single place.
    static func everywhere(_ octets: [UInt8]) -> [[ByteBuffer]] {
        var result = [[ByteBuffer(bytes: octets)], octets.map { ByteBuffer(bytes: [$0]) }]
        for place in 1..<max(octets.count, 1) {
            result.append(Self.cut(octets, at: [place]))
        }
        return result
    }

    /// Every way there is, 2 to the power of the length less one; for short octets only.
    static func all(_ octets: [UInt8]) -> [[ByteBuffer]] {
        let gaps = max(octets.count - 1, 0)
        precondition(gaps <= 12, "more ways than a test should try")
        return (0..<(1 << gaps)).map { mask in
            Self.cut(octets, at: (0..<gaps).filter { mask & (1 << $0) != 0 }.map { $0 + 1 })
        }
    }

    /// Every way for up to 10 octets; for longer ones each single cut, each two cuts, and equal pieces.
    static func exhaustive(_ octets: [UInt8]) -> [[ByteBuffer]] {
        guard octets.count > 10 else { return Self.all(octets) }
        var result = Self.everywhere(octets)
        for first in 1..<octets.count {
            for second in (first + 1)..<max(octets.count, first + 1) {
                result.append(Self.cut(octets, at: [first, second]))
            }
        }
        for length in 1...octets.count {
            result.append(Self.cut(octets, at: Array(stride(from: length, to: octets.count, by: length))))
        }
        return result
    }

    /// Pieces of random lengths from 0 to 9.
    static func random(_ octets: [UInt8], using generator: inout SplitMix64) -> [ByteBuffer] {
        var result: [ByteBuffer] = []
        var rest = octets[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 0...9, using: &generator))
            result.append(ByteBuffer(bytes: piece))
            rest = rest.dropFirst(piece.count)
        }
        return result
    }

    private static func cut(_ octets: [UInt8], at places: [Int]) -> [ByteBuffer] {
        let bounds = [0] + places + [octets.count]
        return zip(bounds, bounds.dropFirst()).map { ByteBuffer(bytes: octets[$0..<$1]) }
    }
}
