/// Where something stands in a message: the first line, and how often.
struct LinePlaces: Sendable, Hashable {
    /// The first line, 1 for the first of the message; nil for nowhere.
    private(set) var first: Int?
    /// How often.
    private(set) var count = 0

    /// Whether it stands nowhere.
    var isEmpty: Bool { self.count == 0 }

    /// Adds a place.
    mutating func add(_ line: Int) {
        if self.first == nil { self.first = line }
        self.count += 1
    }
}
