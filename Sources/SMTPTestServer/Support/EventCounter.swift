/// Counters by name; names come from clients, so that their length and number are bounded.
struct EventCounter: Sendable {
    private static let longestName = 64
    private static let greatestNumber = 1_000

    private var counts: [String: Int] = [:]

    /// How often the name was counted.
    subscript(name: String) -> Int { self.counts[name, default: 0] }

    /// Counts the name, unless it is absurd.
    ///
    /// - Returns: how often it was counted, this time included.
    @discardableResult
    mutating func count(_ name: String) -> Int {
        let isKnown = self.counts[name] != nil
        guard isKnown || (name.utf8.count <= Self.longestName && self.counts.count < Self.greatestNumber)
        else {
            return 1
        }
        self.counts[name, default: 0] += 1
        return self[name]
    }
}
