internal import MailMessage
internal import NIOCore
internal import SMTPCore

/// What a look at content before it is sent found out.
final class ContentFindings: Sendable {
    let survey: ContentSurvey
    /// Message-ID of the header, without angle brackets.
    let messageID: String?
    /// The header and whatever stands behind it, or the header alone; empty for content that can be read once.
    private let headerOctets: ByteBuffer
    /// The octets themselves, fields that must not go out left out, where they are few and in memory.
    let wire: WireContent?

    private init(survey: ContentSurvey, headerOctets: ByteBuffer, wire: WireContent? = nil) {
        self.survey = survey
        self.headerOctets = headerOctets
        self.wire = wire
        self.messageID = HeaderSection.firstValue(of: "message-id", in: headerOctets).map {
            String($0.drop { $0 == "<" }.prefix { $0 != ">" })
        }
    }

    /// The fields of the header, parsed where they are asked for: a message with an envelope needs none.
    var header: HeaderSection {
        let octets = self.headerOctets.readableBytesView
        return HeaderSection(parsing: octets.prefix(HeaderSection.length(in: self.headerOctets) ?? .max))
    }

    /// Nothing but the size: content that can be read once is looked at while it is sent.
    convenience init(unreadSize size: UInt64?) {
        self.init(survey: .unread(size: size), headerOctets: ByteBuffer())
    }

    /// Looks at octets in memory.
    ///
    /// - Throws: ``ContentError`` or ``ContentSourceError/headerTooLong(limit:)``.
    convenience init(
        _ octets: ByteBuffer,
        rules: ContentRules,
        isBinary: Bool,
        dropping droppedFields: Set<String>
    )
        throws
    {
        let headerLength = HeaderSection.length(in: octets) ?? octets.readableBytes
        guard headerLength <= ContentReader.maximumHeaderLength else {
            throw ContentSourceError.headerTooLong(limit: ContentReader.maximumHeaderLength)
        }
        var kept = octets
        if !droppedFields.isEmpty {
            var filter = HeaderFieldFilter(dropping: droppedFields)
            let pieces = (filter.filter(octets) + [filter.finish()]).filter { $0.readableBytes > 0 }
            // Without such a field it is all in one piece, and not copied.
            kept =
                pieces.count == 1
                ? pieces[0] : pieces.reduce(into: ByteBuffer()) { $0.writeImmutableBuffer($1) }
        }
        let survey: ContentSurvey
        if isBinary {
            survey = .unread(size: UInt64(kept.readableBytes))
        } else {
            var builder = ContentSurvey.Builder(rules: rules)
            try builder.append(kept)
            survey = try builder.finish()
        }
        self.init(
            survey: survey,
            headerOctets: octets,
            wire: try isBinary ? WireContent(unchanged: kept) : WireContent.encoding(kept, survey, rules)
        )
    }

    /// Reads content from beginning to end.
    ///
    /// - Throws: ``ContentError``, or whatever the source throws.
    convenience init(
        reading content: MessageContent,
        rules: ContentRules,
        isBinary: Bool,
        dropping droppedFields: Set<String>
    ) async throws {
        let reader = try ContentReader(content, dropping: droppedFields)
        do {
            let headerOctets = try await reader.headerOctets()
            var builder = ContentSurvey.Builder(rules: rules)
            var size: UInt64 = 0
            while let piece = try await reader.next() {
                size += UInt64(piece.readableBytes)
                if !isBinary { try builder.append(piece) }
            }
            self.init(
                survey: isBinary ? .unread(size: size) : try builder.finish(),
                headerOctets: headerOctets
            )
        } catch {
            await reader.close()
            throw error
        }
        await reader.close()
    }
}
