/// ANONYMOUS: no identity, only a word of who is there (RFC 4505).
public struct Anonymous: SASLMechanism {
    /// Characters a trace may have.
    static let maximumTrace = 255

    /// `ANONYMOUS`.
    public var name: String { "ANONYMOUS" }
    /// False.
    public var revealsSecret: Bool { false }
    /// True.
    public var isClientFirst: Bool { true }

    private let message: [UInt8]
    /// Whether the message was given out.
    public private(set) var isComplete = false

    /// Makes the mechanism.
    ///
    /// - Parameter trace: Text for the server's log, such as an address; up to 255 characters, or empty.
    /// - Throws: ``SASLError`` when it is longer or contains a control character.
    public init(trace: String = "") throws(SASLError) {
        guard trace.unicodeScalars.count <= Self.maximumTrace,
            !trace.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { throw SASLError(.invalidCredentials("the trace is too long or contains a control character")) }
        self.message = Array(trace.utf8)
    }

    /// The trace, to no challenge or to the first one.
    public mutating func respond(to challenge: [UInt8]?) async throws(SASLError) -> [UInt8] {
        guard !self.isComplete else { throw SASLError(.unexpectedChallenge) }
        self.isComplete = true
        return self.message
    }
}
