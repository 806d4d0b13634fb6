import NIOCore

/// Random content: mostly clean, with a few things in it that are not.
struct RandomContent {
    /// Sizes around which windows, blocks and buffers end.
    private static let sizes = [0, 1, 31, 240, 480, 1000, 4096, 16384]

    let octets: [UInt8]
    let pieces: [ByteBuffer]

    init(using generator: inout SplitMix64) {
        let size =
            (Self.sizes.randomElement(using: &generator) ?? 0) + Int.random(in: -1...3, using: &generator)
        let lineLengths = [0...3, 70...80, 230...250, 470...490, 900...998]
        let lengths = lineLengths.randomElement(using: &generator) ?? 0...3
        let lineEnds =
            Int.random(in: 0..<3, using: &generator) == 0 ? ["\r\n", "\n", "\r", "\r\r\n", "\n\r"] : ["\r\n"]
        var octets: [UInt8] = []
        while octets.count < size {
            let length = Int.random(in: lengths, using: &generator)
            octets += (0..<length).map { UInt8(ascii: "a") + UInt8($0 % 26) }
            octets += Array((lineEnds.randomElement(using: &generator) ?? "\r\n").utf8)
        }
        octets.removeLast(octets.count - max(size, 0))
        let specials: [[UInt8]] = [
            [0x0D], [0x0A], [0x0D, 0x0A], [0x0D, 0x0A, 0x2E], [0x2E], [0x00], [0xC3, 0xBC], [0x80], [0x09],
            [0x0D, 0x0A, 0x0D, 0x0A], [0x0D, 0x0A, 0x2E, 0x0D, 0x0A], [0x0A, 0x0A],
            [UInt8](repeating: 0x78, count: 999),
        ]
        for _ in 0..<Int.random(in: 0...4, using: &generator) {
            let place = Int.random(in: 0...octets.count, using: &generator)
            octets.insert(contentsOf: specials.randomElement(using: &generator) ?? [], at: place)
        }
        self.octets = octets
        self.pieces = Self.cut(octets, using: &generator)
    }

    /// Cuts octets into up to six pieces, some of them empty, each a slice somewhere in a larger buffer.
    static func cut(_ octets: [UInt8], using generator: inout SplitMix64) -> [ByteBuffer] {
        let count = Int.random(in: 0...5, using: &generator)
        let places = (0..<count).map { _ in Int.random(in: 0...octets.count, using: &generator) }.sorted()
        let bounds = [0] + places + [octets.count]
        return zip(bounds, bounds.dropFirst()).map { start, end in
            var buffer = ByteBuffer(bytes: octets[max(start - 3, 0)..<end])
            buffer.moveReaderIndex(forwardBy: min(start, 3))
            return buffer
        }
    }
}
