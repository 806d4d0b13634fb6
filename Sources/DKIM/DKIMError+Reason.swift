extension DKIMError {
    /// What is wrong.
    ///
    /// An open set: a later release may add reasons.
    public struct Reason: Sendable, Hashable, CustomStringConvertible {
        /// A short English phrase, fit for a log.
        public let description: String

        private init(_ description: String) {
            self.description = description
        }

        /// A key that cannot be read, or is neither RSA nor Ed25519.
        public static let invalidKey = Reason("unusable DKIM key")
        /// An RSA key of less than 2048 bits (RFC 8301 section 3.2).
        public static let weakKey = Reason("RSA key too short")
        /// A signing domain that is no domain name.
        public static let invalidDomain = Reason("invalid signing domain")
        /// A selector that is no domain name, or makes the name of the key record too long.
        public static let invalidSelector = Reason("invalid selector")
        /// An identity that is no address, or whose domain is not within the signing domain (RFC 6376
        /// section 3.5).
        public static let invalidIdentity = Reason("invalid identity")
        /// A field name that is none, or one of a field that must not be signed.
        public static let unsignableField = Reason("field cannot be signed")
        /// A validity of less than a second, or a time of signing before 1970 or beyond 12 digits.
        public static let invalidTime = Reason("invalid time or validity")
        /// A message without a From field (RFC 6376 section 5.4).
        public static let missingFrom = Reason("no From field")
        /// A message that ends within a line of its header.
        public static let unfinishedHeader = Reason("header without an end")
        /// A line in the header that is no header field.
        public static let malformedHeader = Reason("line in the header that is no field")
        /// A header of more than 1 MiB.
        public static let headerTooLong = Reason("header longer than 1 MiB")
        /// OpenSSL failed where it should not.
        public static let cryptography = Reason("cryptographic failure")
    }
}
