extension SMTPTestServer {
    /// What a successful AUTH said.
    public struct Authentication: Sendable, Hashable {
        /// The name of the user: the one that the mechanism proved, or, when a script gave the 235, the one
        /// that the client claimed; empty when it claimed none.
        public let user: String
        /// The identity that the client wants to act as; nil when it named none.
        public let authorizationIdentity: String?
        /// The name of the mechanism in upper case.
        public let mechanism: String
    }
}
