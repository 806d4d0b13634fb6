internal import NIOCore
internal import TransferEncoding

/// What a look at the octets of a part found out.
struct LeafFindings: Sendable {
    /// What decides how they may be written; nil where they were not looked at.
    let survey: ContentEncodingSurvey?
    /// Octets as given; nil where only reading would tell.
    let length: UInt64?
    /// Octets as text in quoted-printable, where they were read piece by piece.
    let quotedPrintableLength: UInt64?

    /// Whether octets above 0x7F stand before the first empty line; false where they were not looked at.
    let hasEightBitHeader: Bool

    /// Octets with every line end made CRLF, where they were looked at.
    var normalizedLength: UInt64? {
        self.survey.map { $0.octetCount + $0.bareCRCount + $0.bareLFCount }
    }

    /// Looks at octets in memory.
    init(_ octets: ByteBuffer, _ tokens: Set<[UInt8]>) {
        var survey = ContentEncodingSurvey(boundaryTokens: tokens)
        survey.append(octets.readableBytesUInt8Span)
        survey.finish()
        var header = HeaderWatch()
        if survey.hasEightBitOctets { header.append(octets.readableBytesUInt8Span) }
        self.hasEightBitHeader = header.sawEightBit
        self.survey = survey
        self.length = UInt64(octets.readableBytes)
        self.quotedPrintableLength = nil
    }

    /// Octets that need not be looked at.
    init(length: UInt64?) {
        self.survey = nil
        self.length = length
        self.quotedPrintableLength = nil
        self.hasEightBitHeader = false
    }

    /// Reads content from beginning to end.
    ///
    /// - Throws: What its source throws.
    init(reading content: MessageContent, _ tokens: Set<[UInt8]>) async throws {
        let pieces = try ContentPieces(content)
        var survey = ContentEncodingSurvey(boundaryTokens: tokens)
        var header = HeaderWatch()
        var encoder = QuotedPrintableEncoder(isText: true)
        var encoded: [UInt8] = []
        var length: UInt64 = 0
        do {
            while let piece = try await pieces.next() {
                survey.append(piece.readableBytesUInt8Span)
                header.append(piece.readableBytesUInt8Span)
                encoded.removeAll(keepingCapacity: true)
                encoder.encode(piece.readableBytesUInt8Span, into: &encoded)
                length += UInt64(encoded.count)
            }
        } catch {
            await pieces.close()
            throw error
        }
        await pieces.close()
        encoded.removeAll(keepingCapacity: true)
        encoder.finish(into: &encoded)
        survey.finish()
        self.survey = survey
        self.length = survey.octetCount
        self.quotedPrintableLength = length + UInt64(encoded.count)
        self.hasEightBitHeader = header.sawEightBit
    }

    /// Asks a file for its size, or takes what the caller said.
    ///
    /// - Throws: ``ContentSourceError`` when there is no such file.
    init(measuring content: MessageContent) async throws {
        switch content.source {
        case .buffer(let octets, _): self.init(length: UInt64(octets.readableBytes))
        case .pieces(let length, _): self.init(length: length)
        case .file(let path, _):
            guard let file = try await FileIdentity(path: path) else {
                throw ContentSourceError.noSuchFile(path)
            }
            self.init(length: UInt64(clamping: file.size))
        }
    }
}
