extension SMTPTestServer {
    /// A parameter of MAIL or RCPT (RFC 5321 section 4.1.2, esmtp-param).
    public struct Parameter: Sendable, Hashable, CustomStringConvertible {
        /// The keyword as sent.
        public let keyword: String
        /// The value as sent; nil when there was no equals sign.
        public let value: String?

        /// The parameter as it stands on the wire.
        public var description: String {
            if let value { "\(self.keyword)=\(value)" } else { self.keyword }
        }
    }
}
