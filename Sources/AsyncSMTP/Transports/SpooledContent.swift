internal import NIOCore
internal import NIOFileSystem

/// Content that was read to its end, in a file without a name: its source cannot fail any more.
struct SpooledContent: Sendable {
    private static let pieceLength: Int64 = 128 * 1024

    private let handle: ReadWriteFileHandle
    private let length: Int64
    /// Octets of content, every line end counted as CRLF.
    let octets: UInt64

    /// Reads the content of a message; ``close()`` gives the space on the disk back.
    ///
    /// - Parameter directory: Where the file is; the directory for temporary files when nil.
    /// - Throws: ``SMTPError`` for the content, with ``SMTPError/Code/transportFailed`` for the file, or with
    ///   ``SMTPError/Code/cancelled``; no file is left then.
    init(
        _ delivery: LocalDelivery,
        lineEnd: LocalContent.LineEnd,
        in directory: String? = nil
    ) async throws(SMTPError) {
        let handle = try await Self.open(in: directory)
        do throws(SMTPError) {
            (self.length, self.octets) = try await Self.copy(delivery, lineEnd, to: handle)
        } catch {
            await Self.close(handle)
            throw error
        }
        self.handle = handle
    }

    /// Opens a file for the owner alone, and takes its name away.
    private static func open(in directory: String?) async throws(SMTPError) -> ReadWriteFileHandle {
        let path: FilePath
        do {
            let parent =
                if let directory { FilePath(directory) } else {
                    try await FileSystem.shared.temporaryDirectory
                }
            path = parent.appending(".\(UniqueName.file()).spool")
        } catch {
            throw SMTPError(storing: error)
        }
        let handle: ReadWriteFileHandle
        do {
            handle = try await FileSystem.shared.openFile(
                forReadingAndWritingAt: path,
                options: OpenOptions.Write(
                    existingFile: .none,
                    newFile: OpenOptions.NewFile(permissions: .ownerReadWrite, transactionalCreation: false)
                )
            )
        } catch {
            // It may have been created by a task that was cancelled meanwhile.
            await Self.remove(path)
            throw SMTPError(storing: error)
        }
        await Self.remove(path)
        return handle
    }

    private static func copy(
        _ delivery: LocalDelivery,
        _ lineEnd: LocalContent.LineEnd,
        to handle: ReadWriteFileHandle
    ) async throws(SMTPError) -> (length: Int64, octets: UInt64) {
        let content = try LocalContent(delivery, lineEnd: lineEnd)
        var length: Int64 = 0
        do throws(SMTPError) {
            while let piece = try await content.next() {
                do {
                    try await handle.write(contentsOf: piece.readableBytesView, toAbsoluteOffset: length)
                } catch {
                    throw SMTPError(storing: error)
                }
                length += Int64(piece.readableBytes)
            }
        } catch {
            await content.close()
            throw error
        }
        await content.close()
        return (length, content.octets)
    }

    /// The octets at an offset; nil at the end.
    ///
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/transportFailed``.
    func piece(at offset: Int64) async throws(SMTPError) -> ByteBuffer? {
        guard offset < self.length else { return nil }
        do {
            let piece = try await self.handle.readChunk(
                fromAbsoluteOffset: offset,
                length: .bytes(min(Self.pieceLength, self.length - offset))
            )
            if piece.readableBytes > 0 { return piece }
        } catch {
            throw SMTPError(storing: error)
        }
        throw SMTPError(.transportFailed, "the temporary file became shorter", stage: .content)
    }

    /// Releases the file.
    func close() async {
        await Self.close(self.handle)
    }

    private static func close(_ handle: ReadWriteFileHandle) async {
        // Not in the task that asks for it: that one may be cancelled, and the file has to go all the same.
        await Task { try? await handle.close() }.value
    }

    private static func remove(_ path: FilePath) async {
        await Task { _ = try? await FileSystem.shared.removeItem(at: path) }.value
    }
}
