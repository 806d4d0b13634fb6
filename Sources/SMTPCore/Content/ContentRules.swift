/// What content is allowed to look like when it goes out.
public struct ContentRules: Sendable, Hashable {
    /// What happens to a CR or LF outside CRLF.
    public var lineEnds: LineEndPolicy
    /// Octets a line may have without its CRLF; nil allows any length, which RFC 5321 section 4.5.3.1.6 does
    /// not, though many servers do.
    public var maximumLineLength: Int?

    /// Makes rules.
    public init(lineEnds: LineEndPolicy = .normalize, maximumLineLength: Int? = 998) {
        self.lineEnds = lineEnds
        self.maximumLineLength = maximumLineLength
    }
}
