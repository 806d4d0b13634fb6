internal import DKIM
internal import Foundation
internal import MailMessage
internal import NIOCore
internal import SMTPCore

/// Signs messages by DKIM (RFC 6376): the octets that go out are read once for their hashes, before they are looked at and
/// sent.
enum SignedContent {
    /// The content with its signatures in front, fields that are not sent left out.
    ///
    /// Runs on Swift's own threads: an RSA signature takes about a millisecond.
    ///
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/invalidArgument`` for content that can be read only once or is
    ///   binary, with ``SMTPError/Code/invalidMessage`` where DKIM refuses it, or where it cannot be read.
    @concurrent
    static func sign(
        _ message: RawMessage,
        _ preparation: Preparation
    ) async throws(SMTPError) -> MessageContent {
        let content = message.content
        guard content.isRereadable, !message.isBinary else {
            throw SMTPError(
                .invalidArgument,
                message.isBinary
                    ? "binary content cannot be signed: line ends that are none would count as such"
                    : "content that can only be read once cannot be signed",
                stage: .preparation
            )
        }
        let now = Int64(Date().timeIntervalSince1970)
        do {
            var signing = try DKIMSigning(preparation.options.dkim, secondsSince1970: now)
            var kept: [ByteBuffer] = []
            let reader = try ContentReader(content, dropping: preparation.droppedFields)
            do {
                while let piece = try await reader.next() {
                    try signing.append(piece.readableBytesUInt8Span)
                    if case .buffer = content.source { kept.append(piece) }
                }
            } catch {
                await reader.close()
                throw error
            }
            await reader.close()
            return Self.joined(ByteBuffer(bytes: try signing.finish()), content, kept, preparation)
        } catch {
            throw SMTPError(reading: error)
        }
    }

    private static func joined(
        _ signatures: ByteBuffer,
        _ content: MessageContent,
        _ kept: [ByteBuffer],
        _ preparation: Preparation
    ) -> MessageContent {
        guard case .buffer = content.source else {
            let droppedFields = preparation.droppedFields
            let source = StreamSource(reader: {
                PrefixedReader(signatures, try ContentReader(content, dropping: droppedFields))
            })
            return MessageContent(source: .pieces(length: nil, source))
        }
        var octets = signatures
        octets.reserveCapacity(minimumWritableBytes: kept.reduce(0) { $0 + $1.readableBytes })
        for piece in kept { octets.writeImmutableBuffer(piece) }
        return .buffer(octets)
    }
}
