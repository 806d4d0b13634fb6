extension SMTPTestServer {
    /// How a server speaks TLS.
    public struct TLS: Sendable, Hashable {
        /// When it begins.
        enum Start: Sendable, Hashable {
            /// With the connection.
            case connection
            /// Behind the command STARTTLS.
            case command
        }

        let start: Start
    }
}
