extension SMTPTestServer {
    /// A recipient that the server accepted.
    public struct Recipient: Sendable, Hashable {
        /// The path as on the wire, without its angle brackets.
        public let address: String
        /// The parameters of the RCPT command.
        public let parameters: Parameters
    }
}
