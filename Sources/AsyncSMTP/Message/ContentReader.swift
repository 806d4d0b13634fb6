internal import NIOCore
internal import NIOFileSystem
internal import SMTPCore

/// One pass over the octets of a message, in pieces.
final class ContentReader {
    /// Octets of a header that are looked at; more is refused.
    static let maximumHeaderLength = 1024 * 1024
    /// Octets of one piece: large enough to keep a fast network busy, small enough for many sends at a time.
    static let pieceLength = 256 * 1024

    private enum Origin {
        case buffer(ByteBuffer)
        case file(path: String, handle: ReadFileHandle?, offset: Int64)
        case pieces(any PieceReader, expected: UInt64?, found: UInt64)
    }

    private var origin: Origin
    private var ready: [ByteBuffer] = []
    private var filter: HeaderFieldFilter?
    private var isFinished = false

    /// Begins a pass.
    ///
    /// - Parameter droppedFields: Names of header fields to leave out, lower case.
    /// - Throws: ``ContentSourceError/alreadyRead``.
    init(_ content: MessageContent, dropping droppedFields: Set<String> = []) throws {
        self.origin =
            switch content.source {
            case .buffer(let buffer, _): .buffer(buffer)
            case .file(let path, _): .file(path: path, handle: nil, offset: 0)
            case .pieces(let length, let stream): .pieces(try stream.makeReader(), expected: length, found: 0)
            }
        self.filter = droppedFields.isEmpty ? nil : HeaderFieldFilter(dropping: droppedFields)
    }

    /// Begins a pass over octets in memory.
    init(_ octets: ByteBuffer) {
        self.origin = .buffer(octets)
        self.filter = nil
    }

    /// The next piece, never empty; nil at the end.
    func next() async throws -> ByteBuffer? {
        while self.ready.isEmpty {
            guard !self.isFinished else { return nil }
            guard let piece = try await self.nextUnfiltered() else {
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
        while let piece = try await self.nextUnfiltered() {
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
        guard case .file(let path, let handle?, let offset) = self.origin else { return }
        self.origin = .file(path: path, handle: nil, offset: offset)
        // Nothing was written, so there is nothing a failing close could lose.
        try? await handle.close()
    }

    private func nextUnfiltered() async throws -> ByteBuffer? {
        switch self.origin {
        case .buffer(var buffer):
            let piece = buffer.readSlice(length: min(buffer.readableBytes, Self.pieceLength))
            self.origin = .buffer(buffer)
            return piece.flatMap { $0.readableBytes > 0 ? $0 : nil }
        case .file(let path, let opened, let offset):
            let handle: ReadFileHandle
            if let opened {
                handle = opened
            } else {
                handle = try await FileSystem.shared.openFile(forReadingAt: FilePath(path), options: .init())
            }
            self.origin = .file(path: path, handle: handle, offset: offset)
            let piece = try await handle.readChunk(
                fromAbsoluteOffset: offset,
                length: .bytes(Int64(Self.pieceLength))
            )
            self.origin = .file(path: path, handle: handle, offset: offset + Int64(piece.readableBytes))
            return piece.readableBytes > 0 ? piece : nil
        case .pieces(let reader, let expected, let found):
            guard let piece = try await reader.next() else {
                if let expected, expected != found {
                    throw ContentSourceError.lengthDiffers(expected: expected, found: found)
                }
                return nil
            }
            let count = found + UInt64(piece.readableBytes)
            self.origin = .pieces(reader, expected: expected, found: count)
            if let expected, count > expected {
                throw ContentSourceError.lengthDiffers(expected: expected, found: count)
            }
            return piece
        }
    }
}
