internal import MailMessage
internal import NIOCore
internal import SMTPCore

/// One pass over the octets of a message as they are stored: every line end CRLF, or LF.
final class LocalContent {
    /// How lines end.
    enum LineEnd {
        case crlf
        case lf
    }

    private let message: PreparedMessage
    private let lineEnd: LineEnd
    private let reader: ContentReader
    private var encoder: ContentEncoder
    private var isFinished = false

    /// Begins a pass; ``close()`` ends it.
    ///
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/contentSourceFailed`` where it was read before and can be only once.
    init(_ delivery: LocalDelivery, lineEnd: LineEnd) throws(SMTPError) {
        self.message = delivery.message
        self.lineEnd = lineEnd
        self.encoder = ContentEncoder(purpose: .chunkedText, rules: delivery.message.options.contentRules)
        do {
            self.reader = try ContentReader(self.message.content, dropping: self.message.droppedFields)
        } catch {
            throw SMTPError(reading: error)
        }
    }

    /// Octets so far, every line end counted as CRLF.
    var octets: UInt64 { self.encoder.octetCount }

    /// The next piece, never empty; nil at the end, which is the end of the whole content.
    ///
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/invalidMessage``, ``SMTPError/Code/contentSourceFailed`` or
    ///   ``SMTPError/Code/cancelled``.
    func next() async throws(SMTPError) -> ByteBuffer? {
        while !self.isFinished {
            let piece = try await self.nextEncoded()
            if piece.readableBytes > 0 { return self.lineEnd == .lf ? Self.withLF(piece) : piece }
        }
        return nil
    }

    /// Releases what the pass holds.
    func close() async {
        await self.reader.close()
    }

    private func nextEncoded() async throws(SMTPError) -> ByteBuffer {
        try LocalDelivery.checkCancellation()
        let piece: ByteBuffer?
        do { piece = try await self.reader.next() } catch { throw SMTPError(reading: error) }
        let encoded: ByteBuffer
        do throws(ContentError) {
            encoded = if let piece { try self.encoder.encode(piece) } else { try self.encoder.finish() }
        } catch {
            throw SMTPError(error, stage: .preparation)
        }
        guard piece == nil else { return encoded }
        self.isFinished = true
        try self.checkCompleteness()
        return encoded
    }

    /// Nothing half may be stored: neither a sequence that simply ends because its task is cancelled, nor content that
    /// is not what it was when it was looked at.
    private func checkCompleteness() throws(SMTPError) {
        try LocalDelivery.checkCancellation()
        let found = self.encoder.octetCount + (self.encoder.lacksFinalLineEnd ? 2 : 0)
        guard self.message.survey.isRead, let expected = self.message.survey.size, expected != found else {
            return
        }
        throw SMTPError(reading: ContentSourceError.lengthDiffers(expected: expected, found: found))
    }

    /// Encoded content has CR nowhere but in front of LF, and never apart from it.
    private static func withLF(_ piece: ByteBuffer) -> ByteBuffer {
        let octets = piece.readableBytesUInt8Span
        var result = ByteBuffer()
        result.reserveCapacity(octets.count)
        var start = 0
        for index in octets.indices where octets[index] == UInt8(ascii: "\r") {
            result.writeBytes(piece.readableBytesSpan.extracting(start..<index))
            start = index + 1
        }
        result.writeBytes(piece.readableBytesSpan.extracting(start..<octets.count))
        return result
    }
}
