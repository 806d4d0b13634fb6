package import NIOCore
internal import NIOFileSystem

/// One pass over octets, in pieces, wherever they come from.
package final class ContentPieces: PieceReader {
    /// Octets of one piece: large enough to keep a fast network busy, small enough for many sends at a time.
    package static let pieceLength = 256 * 1024

    private enum Origin {
        case buffer(ByteBuffer)
        case file(path: String, handle: ReadFileHandle?, offset: Int64)
        case pieces(any PieceReader, expected: UInt64?, found: UInt64)
    }

    private var origin: Origin

    /// Begins a pass.
    ///
    /// - Throws: ``ContentSourceError/alreadyRead``.
    package init(_ content: MessageContent) throws {
        self.origin =
            switch content.source {
            case .buffer(let buffer, _): .buffer(buffer)
            case .file(let path, _): .file(path: path, handle: nil, offset: 0)
            case .pieces(let length, let stream): .pieces(try stream.makeReader(), expected: length, found: 0)
            }
    }

    /// Begins a pass over octets in memory.
    package init(_ octets: ByteBuffer) {
        self.origin = .buffer(octets)
    }

    /// The next piece, never empty; nil at the end.
    ///
    /// - Throws: ``ContentSourceError/lengthDiffers(expected:found:)``, or what the source throws.
    package func next() async throws -> ByteBuffer? {
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

    deinit {
        guard case .file(_, let handle?, _) = self.origin else { return }
        Task { try? await handle.close() }
    }

    /// Releases what the pass holds.
    package func close() async {
        switch self.origin {
        case .buffer: break
        case .file(let path, let handle, let offset):
            self.origin = .file(path: path, handle: nil, offset: offset)
            guard let handle else { return }
            // In a task that is cancelled a file cannot be closed, and one that is not closed ends the process. Nothing
            // was written, so there is nothing a failing close could lose.
            await Task { try? await handle.close() }.value
        case .pieces(let reader, _, _):
            await reader.close()
        }
    }
}
