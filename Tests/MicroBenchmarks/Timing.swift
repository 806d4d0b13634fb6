internal import Foundation

/// Measures one thing after another, and prints what each costs.
struct Timing {
    /// Only what has one of these words in its name is measured; all if there are none.
    let words: [String]
    /// Keeps the optimizer from leaving out what nobody looks at.
    private(set) var checksum = 0
    private let clock = ContinuousClock()

    init(words: [String]) {
        self.words = words
    }

    /// Prints the median of five runs of a tenth of a second.
    ///
    /// - Parameters:
    ///   - octets: Octets that one call goes through, for a figure per second.
    ///   - operations: Operations that one call makes.
    ///   - body: What is measured; the sum of what it returns is printed at the end.
    mutating func measure(
        _ name: String,
        octets: Int? = nil,
        operations: Int = 1,
        _ body: () throws -> Int
    ) rethrows {
        guard self.words.isEmpty || self.words.contains(where: name.contains) else { return }
        var calls = 1
        while try self.run(calls, body) < 0.1 { calls *= 2 }
        var seconds: [Double] = []
        for _ in 0..<5 { seconds.append(try self.run(calls, body)) }
        seconds.sort()
        let each = seconds[2] / Double(calls)
        let rate = octets.map { String(format: "%8.2f GB/s", Double($0) / each / 1e9) } ?? ""
        let time = String(format: "%12.1f ns", each / Double(operations) * 1e9)
        print(name.padding(toLength: 52, withPad: " ", startingAt: 0) + time + rate)
    }

    private mutating func run(_ calls: Int, _ body: () throws -> Int) rethrows -> Double {
        let start = self.clock.now
        for _ in 0..<calls { self.checksum &+= try body() }
        return (self.clock.now - start) / Duration.seconds(1)
    }
}
