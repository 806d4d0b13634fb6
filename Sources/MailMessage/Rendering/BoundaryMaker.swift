/// Draws up boundaries that stand nowhere in the content (RFC 2046 section 5.1.1).
///
/// They begin with `=_`, which neither quoted-printable nor base64 can contain, hold 130 random bits, and none is the
/// beginning of another.
struct BoundaryMaker {
    /// Lines of content, without their two hyphens, that begin like a boundary of ours.
    private let taken: [[UInt8]]
    private var used: Set<String>
    private var count = 0

    /// Makes boundaries apart from those lines and from what was used around them.
    init(avoiding taken: [[UInt8]], used: Set<String> = []) {
        self.taken = taken
        self.used = used
    }

    /// Boundaries made so far, and those they had to differ from.
    var all: Set<String> { self.used }

    /// The next boundary.
    mutating func next(_ identity: MessageIdentity) -> String {
        while true {
            self.count += 1
            let boundary = "=_\(self.count).\(identity.boundaryToken)"
            // Content that knows the token can hold a limited number of them, each a line of its own.
            let collides = self.taken.contains { $0.starts(with: boundary.utf8) }
            if !collides, self.used.insert(boundary).inserted { return boundary }
        }
    }
}
