extension SMTPTestServer {
    /// The values that the server chooses in CRAM-MD5 and SCRAM; fixed ones make an exchange repeatable.
    public struct Challenges: Sendable, Hashable {
        /// The challenge of CRAM-MD5; nil for a fresh one each time (RFC 2195 section 2).
        public var cramMD5: String?

        /// The server's part of the SCRAM nonce; nil for a fresh one each time.
        ///
        /// An empty one is the fault of a server that sends the client's nonce back.
        public var nonce: String?

        /// The SCRAM salt; nil for a fresh one each time.
        public var salt: [UInt8]?

        /// The SCRAM iteration count, 4096 by default (RFC 7677 section 4).
        ///
        /// Absurd ones are told to the client as they are. The server itself computes with at least 1 and at
        /// most 1 000 000, so that a client that takes an absurd one fails.
        public var iterations: Int

        /// Values; each parameter is described at the property of its name.
        public init(
            cramMD5: String? = nil,
            nonce: String? = nil,
            salt: [UInt8]? = nil,
            iterations: Int = 4_096
        ) {
            self.cramMD5 = cramMD5
            self.nonce = nonce
            self.salt = salt
            self.iterations = iterations
        }
    }
}
