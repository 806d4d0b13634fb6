extension SMTPTestServer {
    /// How a connection ended.
    public enum SessionEnd: Sendable, Hashable {
        /// It is open.
        case open
        /// The client had sent QUIT, whoever closed first then.
        case quit
        /// The client closed it in order, or the write side of it.
        case clientClosed
        /// The client reset it, or closed it with replies unread.
        case clientReset
        /// The TLS handshake failed, or TLS did later.
        case tlsFailed
        /// The server closed it, by script or at shutdown.
        case serverClosed
        /// The server reset it, by script.
        case serverReset
    }
}
