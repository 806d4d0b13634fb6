extension MessageError {
    /// The rule that a message, or a part of one, broke.
    ///
    /// An open set: a later release may add reasons.
    public struct Reason: Sendable, Hashable, CustomStringConvertible {
        /// A short English phrase, fit for a log.
        public let description: String

        private init(_ description: String) {
            self.description = description
        }

        /// The name of a header field that is empty, longer than 76 octets, or has an octet outside `!`-`~` or
        /// a colon (RFC 5322 §2.2).
        public static let invalidFieldName = Reason("invalid header field name")
        /// An octet 0x00-0x1F or 0x7F, or one of U+0080-U+009F, U+2028 and U+2029.
        public static let controlCharacter = Reason("control character")
        /// A value that the header field cannot have.
        public static let invalidFieldValue = Reason("invalid header field value")
        /// A line of more than 998 octets that cannot be folded (RFC 5322 §2.1.1).
        public static let lineTooLong = Reason("line longer than 998 octets")
        /// A header field that every message must have (RFC 5322 §3.6).
        public static let missingField = Reason("missing header field")
        /// A header field that a message may have only once (RFC 5322 §3.6).
        public static let duplicateField = Reason("duplicate header field")
        /// A media type that is not two tokens with a slash between them (RFC 2045 §5.1).
        public static let invalidMediaType = Reason("invalid media type")
        /// A parameter whose name is no token, whose value is no text, or which stands twice.
        public static let invalidParameter = Reason("invalid parameter")
        /// A message identifier that is not `left@right` (RFC 5322 §3.6.4).
        public static let invalidMessageID = Reason("invalid message identifier")
        /// A content identifier that is not `left@right` (RFC 2045 §7).
        public static let invalidContentID = Reason("invalid content identifier")
        /// A URI without a scheme, or with characters that do not belong in one (RFC 3986).
        public static let invalidURI = Reason("invalid URI")
        /// A text that is no date, or a date outside the years 1900-9999 (RFC 5322 §3.3).
        public static let invalidDate = Reason("invalid date")
        /// A file name that is empty once paths are removed, or holds control characters.
        public static let invalidFileName = Reason("invalid file name")
        /// A boundary that is not 1 to 70 of the characters of RFC 2046 §5.1.1.
        public static let invalidBoundary = Reason("invalid boundary")
        /// Content that could not be read.
        public static let contentUnreadable = Reason("content cannot be read")
        /// A value outside ASCII that only SMTPUTF8 (RFC 6531) could carry.
        public static let needsSMTPUTF8 = Reason("needs SMTPUTF8")
        /// A value larger than the limit.
        public static let tooLarge = Reason("too large")
    }
}
