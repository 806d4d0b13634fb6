extension SMTPTestServer {
    /// The bounds of what the server keeps in memory.
    ///
    /// A message is bounded by `Configuration.maximumMessageSize` and `Configuration.maximumRecipients`.
    public struct Limits: Sendable, Hashable {
        /// The greatest length of a command line, its CRLF included; longer ones get 500.
        ///
        /// The default of 12 288 octets is what RFC 4954 section 4 asks for in AUTH exchanges. RFC 5321
        /// section 4.5.3.1.4 demands no more than 512, a value to test long commands with.
        public var commandLineOctets = 12_288

        /// The number of octets of input that are kept while the connection waits at a gate.
        ///
        /// Reading stops when there are as many. 1 MiB by default.
        public var heldInputOctets = 1 << 20

        /// The number of octets, received and sent each, that a session record keeps: the first ones.
        ///
        /// 1 MiB by default.
        public var recordedOctetsPerSession = 1 << 20

        /// The number of entries of the dialogue that a session record keeps: the first ones.
        ///
        /// 100 000 by default.
        public var recordedLinesPerSession = 100_000

        /// The number of messages that are kept: the first ones; the others are only counted.
        ///
        /// No limit by default.
        public var recordedMessages = Int.max

        /// The number of session records that are kept: the first ones; the others are only counted.
        ///
        /// No limit by default.
        public var recordedSessions = Int.max

        /// The default bounds.
        public init() {}
    }
}
