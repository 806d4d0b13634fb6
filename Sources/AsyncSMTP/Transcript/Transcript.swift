/// Receiver of the dialogue with a server, secrets left out; smtplib's `set_debuglevel`.
///
/// What is redacted follows the state of the protocol, not the text: everything either side says between AUTH
/// and its final reply is replaced by its length. Content is never shown, only its length.
public struct Transcript: Sendable {
    /// How much is told.
    public enum Level: Int, Sendable, Hashable, Comparable {
        /// Commands, replies and what happens to the connection; `set_debuglevel(1)`.
        case dialogue = 1
        /// The same, printed with the time since connecting; `set_debuglevel(2)`.
        case timed = 2

        /// Compares how much is told.
        public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
    }

    /// How much is told.
    public var level: Level
    /// Octets of text after which the transcript of one connection ends with a note, so that it cannot flood
    /// a log.
    public var limit: Int
    /// Takes an entry, on the event loop of the connection.
    ///
    /// Public so that one transcript can hand entries on to another.
    public let receive: @Sendable (TranscriptEntry) -> Void

    /// Makes a transcript.
    ///
    /// - Parameters:
    ///   - level: How much is told.
    ///   - limit: Octets of text for one connection, 1 MiB unless given.
    ///   - receive: Called on the event loop of the connection for each entry; it must not block.
    public init(
        level: Level = .dialogue,
        limit: Int = 1024 * 1024,
        receive: @escaping @Sendable (TranscriptEntry) -> Void
    ) {
        self.level = level
        self.limit = limit
        self.receive = receive
    }

    /// A transcript that hands over finished lines, each with a direction sign and, at ``Level/timed``, the
    /// time.
    public static func lines(
        level: Level = .dialogue,
        to write: @escaping @Sendable (String) -> Void
    ) -> Transcript {
        Transcript(level: level) { write($0.line(timed: level == .timed)) }
    }
}
