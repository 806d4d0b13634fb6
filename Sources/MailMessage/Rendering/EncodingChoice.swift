internal import TransferEncoding

/// Chooses the transfer encoding of a part by its content and by what the way can carry (RFC 2045 section 6).
struct EncodingChoice {
    /// Octets of a line without its CRLF (RFC 5322 section 2.1.1).
    private static let maximumLineLength = 998

    /// What the label says.
    let encoding: ContentTransferEncoding
    /// How the octets are written.
    let form: LeafForm

    private init(_ encoding: ContentTransferEncoding, _ form: LeafForm) {
        self.encoding = encoding
        self.form = form
    }

    /// Choice for text.
    ///
    /// - Parameter wanted: Encoding the caller asked for.
    /// - Throws: ``MessageError`` when the text cannot be carried in the encoding asked for.
    static func text(
        _ survey: ContentEncodingSurvey,
        _ capability: TransferCapability,
        wanted: ContentTransferEncoding?
    ) throws(MessageError) -> EncodingChoice {
        let lines: LeafForm = survey.hasBareCR || survey.hasBareLF ? .lines : .identity
        // Octets that look like a delimiter are written so that they no longer do.
        let fits =
            survey.maximumLineLength <= Self.maximumLineLength && !survey.hasNUL
            && survey.boundaryLikeLines.isEmpty && !survey.hasTooManyBoundaryLikeLines
        switch wanted {
        case .sevenBit?:
            guard fits, !survey.hasEightBitOctets else { throw Self.cannot(.sevenBit) }
            return EncodingChoice(.sevenBit, lines)
        case .eightBit?, .binary?:
            guard fits, !survey.hasEightBitOctets || capability >= .eightBit else {
                throw Self.cannot(.eightBit)
            }
            return EncodingChoice(survey.hasEightBitOctets ? .eightBit : .sevenBit, lines)
        case .quotedPrintable?: return EncodingChoice(.quotedPrintable, .quotedPrintable(isText: true))
        case .base64?: return EncodingChoice(.base64, .base64Lines)
        case nil: break
        }
        if fits, !survey.hasEightBitOctets { return EncodingChoice(.sevenBit, lines) }
        if fits, capability >= .eightBit { return EncodingChoice(.eightBit, lines) }
        // Quoted-printable adds two octets for each special one, base64 a third of all; a text of mostly letters
        // is the easier to read the less of it is encoded.
        return survey.hasNUL || survey.specialOctets > survey.octetCount / 5
            ? EncodingChoice(.base64, .base64Lines)
            : EncodingChoice(.quotedPrintable, .quotedPrintable(isText: true))
    }

    /// Choice for octets that must arrive as they are.
    ///
    /// - Throws: ``MessageError`` when they cannot be carried in the encoding asked for.
    static func octets(
        _ capability: TransferCapability,
        wanted: ContentTransferEncoding?,
        _ survey: ContentEncodingSurvey? = nil
    ) throws(MessageError) -> EncodingChoice {
        if let survey, wanted == nil || wanted == .binary { try Self.requireFewBoundaries(survey) }
        return try Self.octets(wanted, capability)
    }

    private static func octets(
        _ wanted: ContentTransferEncoding?,
        _ capability: TransferCapability
    ) throws(MessageError) -> EncodingChoice {
        switch wanted {
        case .base64?: EncodingChoice(.base64, .base64)
        case .quotedPrintable?: EncodingChoice(.quotedPrintable, .quotedPrintable(isText: false))
        case .binary? where capability == .binary: EncodingChoice(.binary, .identity)
        case let wanted?: throw Self.cannot(wanted)
        case nil:
            capability == .binary ? EncodingChoice(.binary, .identity) : EncodingChoice(.base64, .base64)
        }
    }

    /// Choice for a message inside another: nothing may be done about its octets (RFC 2046 section 5.2.1).
    ///
    /// - Throws: ``MessageError`` when no way can carry it.
    static func message(
        _ survey: ContentEncodingSurvey,
        _ capability: TransferCapability
    ) throws(MessageError) -> EncodingChoice {
        try Self.requireFewBoundaries(survey)
        let isBinary = survey.hasNUL || survey.maximumLineLength > Self.maximumLineLength
        guard !isBinary || capability == .binary else {
            throw MessageError(
                .lineTooLong,
                field: "message/rfc822",
                detail: "an attached message has NUL, or a line of \(survey.maximumLineLength) octets"
            )
        }
        if isBinary { return EncodingChoice(.binary, .identity) }
        let form: LeafForm = survey.hasBareCR || survey.hasBareLF ? .lines : .identity
        return EncodingChoice(survey.hasEightBitOctets ? .eightBit : .sevenBit, form)
    }

    /// In the clear, content must leave a boundary to be found that is none of its lines.
    ///
    /// - Throws: ``MessageError`` where more lines have the message's own token than are kept: it holds itself many
    ///   times over.
    private static func requireFewBoundaries(_ survey: ContentEncodingSurvey) throws(MessageError) {
        guard survey.hasTooManyBoundaryLikeLines else { return }
        throw MessageError(
            .invalidBoundary,
            detail: "too many lines of the content are boundaries of the message"
        )
    }

    private static func cannot(_ encoding: ContentTransferEncoding) -> MessageError {
        MessageError(
            .invalidFieldValue,
            field: "Content-Transfer-Encoding",
            detail: "the content, or the way, does not allow \(encoding.rawValue)"
        )
    }
}
