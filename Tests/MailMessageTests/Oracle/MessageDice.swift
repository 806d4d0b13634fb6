/// Random numbers that a seed repeats (SplitMix64), and draws from them.
struct MessageDice: RandomNumberGenerator {
    private var state: UInt64

    /// Begins where the seed says.
    init(seed: UInt64) {
        self.state = seed
    }

    /// The next number.
    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// One of several; `fallback` if there is none.
    mutating func one<Element>(of elements: [Element], or fallback: @autoclosure () -> Element) -> Element {
        elements.randomElement(using: &self) ?? fallback()
    }

    /// True once in `sides` times.
    mutating func oneIn(_ sides: Int) -> Bool { Int.random(in: 0..<sides, using: &self) == 0 }

    /// So many octets.
    mutating func octets(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: self.next()) }
    }
}
