internal import SMTPCore

/// Why content was not sent to its end.
///
/// In every case the terminator was not sent, and the connection is given up, so that half a message can
/// never be accepted.
enum ContentFailure: Error {
    /// The connection failed.
    case connection(ConnectionFailure)
    /// The source of the octets failed.
    case source(any Error)
    /// The octets break the rules.
    case content(ContentError)
    /// The server answered before the content was complete.
    case earlyReply(Reply)

    /// Whether a refusal that came before explains it better.
    var mayHideReply: Bool {
        switch self {
        case .connection(let failure): failure.mayHideReply
        case .earlyReply: true
        case .source, .content: false
        }
    }
}
