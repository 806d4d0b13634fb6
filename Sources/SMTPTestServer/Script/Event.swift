extension SMTPTestServer {
    /// A point of the dialogue at which the server is about to answer; what a script closure is asked about.
    public struct Event: Sendable, Hashable {
        /// What happened.
        public enum Kind: Sendable, Hashable {
            /// A client connected; the greeting is due.
            case connect
            /// The first octets arrived where TLS begins: of the connection, or behind the 220 to STARTTLS.
            case clientHello
            /// The TLS handshake is done.
            case secured
            /// A command line arrived; the verb in upper case, the rest as sent.
            ///
            /// For BDAT this is asked before the octets of the chunk are taken. A reply given here answers
            /// the chunk, which is still consumed.
            case command(verb: String, argument: String)
            /// A line arrived that answers a 334 challenge (RFC 4954 section 4).
            case authResponse(String)
            /// So many octets of a message's content have arrived, as they are on the wire.
            case contentOctets(Int)
            /// A chunk of so many octets arrived that is not the last one (RFC 3030 section 2).
            case bdat(octets: Int)
            /// The content is complete: by the final dot, or by BDAT LAST.
            case endOfContent
            /// The final LMTP reply for a recipient is due (RFC 2033 section 4.2); the index counts accepted
            /// recipients from 0.
            case lmtpRecipient(index: Int, address: String)
        }

        /// What happened.
        public let kind: Kind
        /// The number of the connection, from 0.
        public let sessionIndex: Int
        /// How often such an event has happened on this server, this one included; for commands, how often
        /// the verb was received.
        public let occurrence: Int
    }
}
