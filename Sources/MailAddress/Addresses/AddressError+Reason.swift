extension AddressError {
    /// The rule that an input broke.
    ///
    /// An open set: a later release may add reasons.
    public struct Reason: Sendable, Hashable, CustomStringConvertible {
        /// A short English phrase, fit for a log.
        public let description: String

        private init(_ description: String) {
            self.description = description
        }

        /// The input is empty, or holds nothing but white space and comments.
        public static let empty = Reason("empty address")
        /// A byte 0x00-0x1F or 0x7F, or one of U+0080-U+009F, U+2028 and U+2029.
        public static let controlCharacter = Reason("control character")
        /// A byte which the grammar does not allow here.
        public static let unexpectedCharacter = Reason("unexpected character")
        /// Bytes that are not well-formed UTF-8.
        public static let invalidUTF8 = Reason("invalid UTF-8")
        /// A `"` without its partner.
        public static let unterminatedQuotedString = Reason("unterminated quoted string")
        /// A `(` without its partner.
        public static let unterminatedComment = Reason("unterminated comment")
        /// A `<` without its partner.
        public static let unterminatedAngleAddress = Reason("unterminated angle address")
        /// A group without its `;`.
        public static let unterminatedGroup = Reason("unterminated group")
        /// A group within a group, which RFC 5322 does not have.
        public static let nestedGroup = Reason("nested group")
        /// Nothing before the `@`.
        public static let missingLocalPart = Reason("missing local part")
        /// No `@`, or nothing after it.
        public static let missingDomain = Reason("missing domain")
        /// A comma with no address behind it.
        public static let missingAddress = Reason("missing address")
        /// A local part of more than 64 octets (RFC 5321 §4.5.3.1.1).
        public static let localPartTooLong = Reason("local part longer than 64 octets")
        /// A domain of more than 255 octets (RFC 5321 §4.5.3.1.2).
        public static let domainTooLong = Reason("domain longer than 255 octets")
        /// A path, angle brackets included, of more than 256 octets (RFC 5321 §4.5.3.1.3).
        public static let pathTooLong = Reason("path longer than 256 octets")
        /// A label that is empty, longer than 63 octets, or begins or ends with a hyphen.
        public static let invalidLabel = Reason("invalid domain label")
        /// An address literal that is no IPv4 address, no IPv6 address and no tagged literal.
        public static let invalidLiteral = Reason("invalid address literal")
        /// A domain that UTS-46 refuses, or an `xn--` label that does not survive a round trip.
        public static let invalidIDN = Reason("invalid internationalized domain")
        /// Text after a complete address.
        public static let trailingText = Reason("text after the address")
        /// Comments nested deeper than the limit.
        public static let tooDeep = Reason("comments nested too deeply")
        /// An input longer than the limit.
        public static let inputTooLong = Reason("input too long")
        /// More addresses than the limit.
        public static let tooManyEntries = Reason("too many addresses")
    }
}
