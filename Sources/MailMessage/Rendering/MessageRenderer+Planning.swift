internal import NIOCore
internal import TransferEncoding

extension MessageRenderer {
    /// Chooses how a part and those within it are written.
    ///
    /// - Parameter endsLine: Whether the last line of a message in it must be ended.
    /// - Throws: ``MessageError``.
    mutating func plan(
        _ part: BodyPart,
        _ identity: MessageIdentity,
        endsLine: Bool = false
    ) throws(MessageError) -> PartPlan {
        switch try part.renderedBody {
        case .text(let content):
            let (findings, survey) = try self.nextSurvey()
            guard !survey.hasEightBitOctets || part.mediaType.parameter("charset") != nil else {
                throw MessageError(
                    .invalidMediaType,
                    field: "Content-Type",
                    detail: "\(part.mediaType.essence) has octets above 0x7F and no charset"
                )
            }
            let choice = try EncodingChoice.text(survey, self.capability, wanted: part.transferEncoding)
            return try self.leaf(part, part.mediaType, content, choice, findings)
        case .octets(let content):
            let findings = try self.nextFindings()
            // Behind the last octet of a message a line end must stand, which quoted-printable would count as content.
            let wanted: ContentTransferEncoding? =
                endsLine && part.transferEncoding == .quotedPrintable ? .base64 : part.transferEncoding
            let choice = try EncodingChoice.octets(self.capability, wanted: wanted, findings.survey)
            return try self.leaf(part, part.mediaType, content, choice, findings)
        case .messageOctets(let content): return try self.messageOctets(part, content)
        case .multipart(let parts): return try self.multipart(part, parts, identity)
        case .message(let message): return try self.message(part, message, endsLine: endsLine)
        }
    }

    /// A header in UTF-8 makes a message another type, which may be encoded as a whole (RFC 6532 section 3.7).
    private mutating func messageOctets(
        _ part: BodyPart,
        _ content: MessageContent
    ) throws(MessageError) -> PartPlan {
        let (findings, survey) = try self.nextSurvey()
        guard !part.mustBeSevenBit || !survey.hasEightBitOctets else {
            throw MessageError(
                .invalidFieldValue,
                field: "Content-Type",
                detail: "\(part.mediaType.essence) must be ASCII"
            )
        }
        let type = findings.hasEightBitHeader ? MediaType.messageGlobal : part.mediaType
        let choice: EncodingChoice
        if findings.hasEightBitHeader, self.capability < .eightBit {
            choice = try .octets(.sevenBit, wanted: .base64)
        } else {
            choice = try .message(survey, self.capability)
            try part.requireEncoding(for: Self.needs(of: choice.encoding))
        }
        return try self.leaf(part, type, content, choice, findings)
    }

    private mutating func nextFindings() throws(MessageError) -> LeafFindings {
        guard let findings = self.findings.popFirst() else {
            throw MessageError(.contentUnreadable, detail: "a part was not looked at")
        }
        return findings
    }

    private mutating func nextSurvey() throws(MessageError) -> (LeafFindings, ContentEncodingSurvey) {
        let findings = try self.nextFindings()
        guard let survey = findings.survey else {
            throw MessageError(.contentUnreadable, detail: "a part was not looked at")
        }
        return (findings, survey)
    }

    // MARK: Leaves

    private func leaf(
        _ part: BodyPart,
        _ type: MediaType,
        _ content: MessageContent,
        _ choice: EncodingChoice,
        _ findings: LeafFindings
    ) throws(MessageError) -> PartPlan {
        guard !type.isMultipart else {
            throw MessageError(
                .invalidMediaType,
                field: "Content-Type",
                detail: "\(type) is no type for octets"
            )
        }
        return PartPlan(
            fields: try Self.fields(of: part, type, choice.encoding),
            body: .leaf(
                content,
                choice.form,
                length: choice.form.length(of: findings) ?? Self.countedLength(content, choice.form),
                Self.end(choice, findings)
            ),
            needs: Self.needs(of: choice.encoding)
        )
    }

    private static func needs(of encoding: ContentTransferEncoding) -> TransferCapability {
        switch encoding {
        case .sevenBit, .quotedPrintable, .base64: .sevenBit
        case .eightBit: .eightBit
        case .binary: .binary
        }
    }

    private static func end(_ choice: EncodingChoice, _ findings: LeafFindings) -> PartPlan.LeafEnd {
        switch choice.form {
        case .base64, .base64Lines: return .lineEnd
        case .quotedPrintable(isText: false): return .anyhow
        case .identity, .lines, .quotedPrintable(isText: true): break
        }
        guard choice.encoding != .binary, let survey = findings.survey else { return .anyhow }
        return survey.octetCount == 0 || survey.endsWithLineEnd ? .lineEnd : .withinLine
    }

    /// Octets that content in memory has in a form, found by writing them.
    private static func countedLength(_ content: MessageContent, _ form: LeafForm) -> UInt64? {
        guard case .buffer(var octets, _) = content.source else { return nil }
        var encoder = LeafEncoder(form)
        var length = 0
        while let piece = octets.readSlice(length: min(octets.readableBytes, ContentPieces.pieceLength)),
            piece.readableBytes > 0
        {
            length += encoder.encode(piece).readableBytes
        }
        return UInt64(length + encoder.finish().readableBytes)
    }

    // MARK: Parts of parts

    private mutating func multipart(
        _ part: BodyPart,
        _ parts: [BodyPart],
        _ identity: MessageIdentity
    ) throws(MessageError) -> PartPlan {
        guard !parts.isEmpty, part.mediaType.isMultipart else {
            throw MessageError(
                .invalidMediaType,
                field: "Content-Type",
                detail: "several parts, at least one, need a multipart type, not \(part.mediaType)"
            )
        }
        let boundary = self.boundaries.next(identity)
        var plans: [PartPlan] = []
        for part in parts { plans.append(try self.plan(part, identity)) }
        let needs = plans.map(\.needs).max() ?? .sevenBit
        try part.requireEncoding(for: needs)
        let type = part.mediaType.setting(try Parameter("boundary", boundary))
        return PartPlan(
            fields: try Self.fields(of: part, type, Self.label(needs)),
            body: .multipart(boundary: boundary, plans),
            needs: needs
        )
    }

    private mutating func message(
        _ part: BodyPart,
        _ message: Message,
        endsLine: Bool
    ) throws(MessageError) -> PartPlan {
        var inner = self.inner()
        let (needs, usesUTF8) = try inner.render(message, isOutermost: endsLine)
        let segments = inner.finish()
        self.advance(behind: inner)
        guard usesUTF8 else {
            try part.requireEncoding(for: needs)
            return PartPlan(
                fields: try Self.fields(of: part, part.mediaType, Self.label(needs)),
                body: .rendered(segments),
                needs: needs
            )
        }
        // A header in UTF-8 makes it another type, which may be encoded as a whole (RFC 6532 section 3.7).
        let type = MediaType.messageGlobal
        guard self.capability < needs else {
            return PartPlan(
                fields: try Self.fields(of: part, type, Self.label(needs)),
                body: .rendered(segments),
                needs: needs
            )
        }
        let length = Segment.length(of: segments)
        let content = MessageContent(
            source: .pieces(length: length, StreamSource(reader: { SegmentReader(segments) }))
        )
        let findings = LeafFindings(length: length)
        return try self.leaf(part, type, content, try .octets(.sevenBit, wanted: .base64), findings)
    }

    private static func label(_ needs: TransferCapability) -> ContentTransferEncoding {
        switch needs {
        case .sevenBit: .sevenBit
        case .eightBit: .eightBit
        case .binary: .binary
        }
    }

    // MARK: Fields

    /// Fields that a part has from its properties.
    private static let ownedFields: Set<FieldName> = [
        .contentType, .contentTransferEncoding, .contentDisposition, .contentID, .contentDescription,
        .mimeVersion,
    ]

    private static func fields(
        of part: BodyPart,
        _ type: MediaType,
        _ encoding: ContentTransferEncoding
    ) throws(MessageError) -> [HeaderField] {
        var fields = [HeaderField(.contentType, .mediaType(type))]
        // 7bit is what no field means (RFC 2045 section 6.1).
        if encoding != .sevenBit {
            fields.append(HeaderField(.contentTransferEncoding, .text(encoding.rawValue)))
        }
        if let disposition = part.disposition {
            fields.append(HeaderField(.contentDisposition, try disposition.value))
        }
        if let contentID = part.contentID { fields.append(HeaderField(.contentID, .contentID(contentID))) }
        if let description = part.contentDescription {
            fields.append(HeaderField(.contentDescription, .text(description)))
        }
        for field in part.fields {
            guard !Self.ownedFields.contains(field.name) else {
                throw MessageError(
                    .duplicateField,
                    field: "\(field.name)",
                    detail: "it is written from the properties of the part"
                )
            }
            fields.append(field)
        }
        return fields
    }
}
