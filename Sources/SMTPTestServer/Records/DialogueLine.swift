extension SMTPTestServer {
    /// One thing that was said on a connection.
    ///
    /// Nothing is redacted: an AUTH command and the answers to challenges stand here with the secrets they
    /// carry, so only made-up ones belong in tests.
    public enum DialogueLine: Sendable, Hashable, CustomStringConvertible {
        /// A line that the server took up: a command, or an answer to an AUTH challenge; without its line
        /// end, decoded as UTF-8.
        case client(String)
        /// What the server wrote: a reply, or the octets of one `.raw` action; without the last line end,
        /// lines separated by line feeds.
        case server(String)

        /// The text, each line behind `C: ` or `S: `.
        public var description: String {
            switch self {
            case .client(let text): "C: \(text)"
            case .server(let text):
                text.split(separator: "\n", omittingEmptySubsequences: false).map { "S: \($0)" }
                    .joined(separator: "\n")
            }
        }
    }
}
