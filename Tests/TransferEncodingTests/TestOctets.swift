/// Octets for tests that are the same in every run.
struct TestOctets: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        self.state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    }

    mutating func next() -> UInt64 {
        self.state = self.state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return self.state ^ self.state >> 29
    }

    /// Any octets.
    mutating func octets(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...0xFF, using: &self) }
    }

    /// Octets out of words that matter to an encoder, between plain ones.
    mutating func text(words count: Int) -> [UInt8] {
        let words = [
            "\r\n", "\r", "\n", " ", "\t", "=", ".", "From ", "Fr", "F", "ü", "€", "😀", "--=_", "--", "=_b",
            "\0",
            "\u{7F}", String(repeating: "x", count: 15), String(repeating: "y", count: 33),
            String(repeating: "z", count: 76),
        ]
        return (0..<count).flatMap { _ in
            Array(words[Int.random(in: 0..<words.count, using: &self)].utf8)
        }
    }
}
