/// One line of a dialogue.
public struct TranscriptEntry: Sendable, Hashable, CustomStringConvertible {
    /// Whose line it is.
    public enum Speaker: Sendable, Hashable {
        /// This side.
        case client
        /// The server.
        case server
        /// Neither: something that happened to the connection.
        case event
    }

    /// Whose line it is.
    public let speaker: Speaker
    /// The line, control characters escaped, secrets replaced by their length.
    public let text: String
    /// Time since the connection was begun.
    public let elapsed: Duration

    /// Direction sign and text.
    public var description: String { self.line(timed: false) }

    func line(timed: Bool) -> String {
        let sign =
            switch self.speaker {
            case .client: "C: "
            case .server: "S: "
            case .event: "-- "
            }
        guard timed else { return sign + self.text }
        let milliseconds = self.elapsed / Duration.milliseconds(1)
        let whole = Int(milliseconds)
        return "\(whole / 1000).\(String(1000 + whole % 1000).dropFirst()) \(sign)\(self.text)"
    }
}
