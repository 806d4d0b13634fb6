package import NIOCore

/// What an octet stream contains, found in one pass before it is sent: the ground for SIZE, BODY and
/// SMTPUTF8.
package struct ContentSurvey: Sendable, Hashable {
    /// Octets the content has once every line end is CRLF and the last line has one, without stuffed dots
    /// (RFC 1870 section 5); nil when it is not known yet.
    package let size: UInt64?
    /// Whether an octet above 0x7F was seen.
    package let hasEightBitOctets: Bool
    /// Whether an octet above 0x7F was seen before the first empty line.
    package let hasEightBitHeader: Bool

    /// Whether DATA may carry the octets just as they are, followed by the terminator: every line ends with
    /// CRLF, the last one too, and none begins with a dot.
    package let isWireReady: Bool

    /// Whether the content was read to its end; one that can only be read once is read while it is sent.
    package let isRead: Bool

    /// Whether the content has, or may turn out to have, octets above 0x7F.
    package var mayHaveEightBitOctets: Bool { self.hasEightBitOctets || !self.isRead }

    /// Survey of content that is not read in advance: one that can only be read once, or binary content.
    package static func unread(size: UInt64?) -> ContentSurvey {
        ContentSurvey(size: size, isRead: false)
    }

    private init(
        size: UInt64?,
        hasEightBitOctets: Bool = false,
        hasEightBitHeader: Bool = false,
        isWireReady: Bool = false,
        isRead: Bool
    ) {
        self.size = size
        self.hasEightBitOctets = hasEightBitOctets
        self.hasEightBitHeader = hasEightBitHeader
        self.isWireReady = isWireReady
        self.isRead = isRead
    }

    /// Collects a survey piece by piece.
    package struct Builder: Sendable {
        private var encoder: ContentEncoder

        package init(rules: ContentRules) {
            self.encoder = ContentEncoder(purpose: .data, rules: rules)
        }

        /// - Throws: ``ContentError`` when the content breaks the rules.
        package mutating func append(_ piece: ByteBuffer) throws(ContentError) {
            try self.encoder.survey(piece)
        }

        /// - Throws: ``ContentError`` when the content ends in a way that breaks the rules.
        package mutating func finish() throws(ContentError) -> ContentSurvey {
            _ = try self.encoder.finish()
            return ContentSurvey(
                size: self.encoder.octetCount,
                hasEightBitOctets: self.encoder.hasEightBitOctets,
                hasEightBitHeader: self.encoder.sawEightBitHeader,
                isWireReady: self.encoder.isUnchanged,
                isRead: true
            )
        }
    }
}
