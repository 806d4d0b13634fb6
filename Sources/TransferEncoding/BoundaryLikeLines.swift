/// The lines of content that could be taken for boundaries of a multipart body: those that begin with `--=_`.
struct BoundaryLikeLines: Sendable {
    /// Most octets kept of a line, those of the two hyphens counted.
    private static let maximumLength = 80
    /// Most lines kept.
    private static let maximumCount = 64
    /// `--=_`, as ``recent`` has it.
    private static let mark: UInt32 = 0x2D2D_3D5F

    /// The lines, without the two hyphens, each once.
    private(set) var lines: [[UInt8]] = []
    /// Whether there are more lines than are kept.
    private(set) var hasTooMany = false
    private var known: Set<[UInt8]> = []
    /// What stands behind the first dot of the lines of interest; nil where all are.
    private let tokens: Set<[UInt8]>?

    /// Looks for lines that have one of these tokens behind their first dot; nil looks for all.
    init(with tokens: Set<[UInt8]>? = nil) {
        self.tokens = tokens
    }

    private func isOfInterest(_ line: [UInt8]) -> Bool {
        guard let tokens else { return true }
        let rest = line.drop { $0 != UInt8(ascii: ".") }.dropFirst()
        return tokens.contains { rest.starts(with: $0) }
    }

    /// The last four octets, the last one lowest.
    private var recent: UInt32 = 0
    /// What is known of the line that goes on; empty if it is none that is looked for.
    private var line: [UInt8] = []

    /// Whether the next octets must be given one by one.
    var isInLine: Bool { !self.line.isEmpty }

    /// Takes the next octet, which is no line end.
    ///
    /// - Parameter lineLength: Octets of the line with this one.
    mutating func append(_ octet: UInt8, lineLength: UInt64) {
        self.recent = self.recent << 8 | UInt32(octet)
        if self.isInLine {
            self.line.append(octet)
            if self.line.count == Self.maximumLength - 2 { self.endLine() }
        } else if lineLength == 4, self.recent == Self.mark, !self.hasTooMany {
            self.line = [UInt8(ascii: "="), UInt8(ascii: "_")]
        }
    }

    /// Takes octets that have no `=_`.
    mutating func skip(_ octets: Span<UInt8>) {
        for index in max(0, octets.count - 4)..<octets.count {
            self.recent = self.recent << 8 | UInt32(octets[index])
        }
    }

    /// Takes a line end, or the end of the content.
    mutating func endLine() {
        guard self.isInLine else { return }
        if !self.known.contains(self.line), self.isOfInterest(self.line) {
            if self.lines.count < Self.maximumCount {
                self.lines.append(self.line)
                self.known.insert(self.line)
            } else {
                self.hasTooMany = true
            }
        }
        self.line.removeAll(keepingCapacity: true)
    }
}
