internal import NIOCore
internal import NIOFileSystem

extension MessageContent {
    /// Runs `body` with the same octets in a form that can be read more than once: as they are where that is possible
    /// already, otherwise from a temporary file, to which they are copied in constant memory.
    ///
    /// The file is readable by its owner alone and has no name while `body` runs, so that nothing is left behind
    /// however the process ends. It lies in the system's directory for temporary files and needs as much room as
    /// there are octets. The content `body` gets cannot be read once `body` has ended.
    ///
    /// - Throws: What the source and the file system throw, and what `body` throws.
    public func withRereadable<Result>(
        _ body: (MessageContent) async throws -> Result
    ) async throws -> Result {
        guard !self.isRereadable else { return try await body(self) }
        let handle = try await Self.temporaryFile()
        do {
            var length: UInt64 = 0
            try await self.read { piece in
                try await handle.write(contentsOf: piece.readableBytesView, toAbsoluteOffset: Int64(length))
                length += UInt64(piece.readableBytes)
            }
            let source = StreamSource(reader: { SpooledReader(handle) })
            let result = try await body(MessageContent(source: .pieces(length: length, source)))
            await Self.close(handle)
            return result
        } catch {
            await Self.close(handle)
            throw error
        }
    }

    /// A new file that has no name any more.
    private static func temporaryFile() async throws -> ReadWriteFileHandle {
        let name = String(UInt64.random(in: .min ... .max), radix: 36)
        let path = try await FileSystem.shared.temporaryDirectory.appending("smtp-\(name)")
        let handle = try await FileSystem.shared.openFile(
            forReadingAndWritingAt: path,
            // Created here or not at all: a file that is there belongs to somebody else.
            options: OpenOptions.Write(
                existingFile: .none,
                newFile: OpenOptions.NewFile(permissions: .ownerReadWrite, transactionalCreation: false)
            )
        )
        do {
            // Out of reach of a cancellation, which would leave the name.
            _ = try await Task { try await FileSystem.shared.removeItem(at: path) }.value
        } catch {
            await Self.close(handle)
            throw error
        }
        return handle
    }

    /// Closes the file even where the task is cancelled; nothing in it is wanted any more, so nothing can be lost.
    private static func close(_ handle: ReadWriteFileHandle) async {
        await Task { try? await handle.close() }.value
    }
}
