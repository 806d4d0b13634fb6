internal import MailMessage
internal import NIOCore
internal import SMTPCore

/// One pass over the octets of a message, in pieces, without the fields that are not sent.
final class ContentReader {
    /// Octets of a header that are looked at; more is refused.
    static let maximumHeaderLength = 1024 * 1024
    /// Octets of one piece.
    static var pieceLength: Int { ContentPieces.pieceLength }

    private let pieces: ContentPieces
    private var ready: [ByteBuffer] = []
    private var filter: HeaderFieldFilter?
    private var isFinished = false

    /// Begins a pass.
    ///
    /// - Parameter droppedFields: Names of header fields to leave out, lower case.
    /// - Throws: ``ContentSourceError/alreadyRead``.
    init(_ content: MessageContent, dropping droppedFields: Set<String> = []) throws {
        self.pieces = try ContentPieces(content)
        self.filter = droppedFields.isEmpty ? nil : HeaderFieldFilter(dropping: droppedFields)
    }

    /// Begins a pass over octets in memory.
    init(_ octets: ByteBuffer) {
        self.pieces = ContentPieces(octets)
        self.filter = nil
    }

    /// The next piece, never empty; nil at the end.
    func next() async throws -> ByteBuffer? {
        while self.ready.isEmpty {
            guard !self.isFinished else { return nil }
            guard let piece = try await self.pieces.next() else {
                self.isFinished = true
                if let rest = self.filter?.finish(), rest.readableBytes > 0 { return rest }
                return nil
            }
            if self.filter == nil { return piece }
            self.ready = self.filter?.filter(piece) ?? []
        }
        return self.ready.removeFirst()
    }

    /// Header of the message, perhaps with something behind it; the octets read for them are given out again by ``next()``, field filter
    /// applied.
    func headerOctets() async throws -> ByteBuffer {
        var header = ByteBuffer()
        var pieces: [ByteBuffer] = []
        while let piece = try await self.pieces.next() {
            pieces.append(piece)
            header.writeImmutableBuffer(
                piece.getSlice(
                    at: piece.readerIndex,
                    length: min(piece.readableBytes, Self.maximumHeaderLength + 1)
                ) ?? piece
            )
            if HeaderSection.length(in: header) != nil { break }
            guard header.readableBytes <= Self.maximumHeaderLength else {
                throw ContentSourceError.headerTooLong(limit: Self.maximumHeaderLength)
            }
        }
        self.ready = pieces.flatMap { self.filter?.filter($0) ?? [$0] }
        // What stands behind the header need not be kept as long as what is found out about it.
        return header.getSlice(
            at: header.readerIndex,
            length: HeaderSection.length(in: header) ?? header.readableBytes
        )
        .map { ByteBuffer($0.readableBytesView) } ?? header
    }

    /// Releases what the pass holds.
    func close() async {
        await self.pieces.close()
    }
}
