internal import NIOCore
internal import NIOFileSystem

/// A file that is written under a name nobody looks for, and gets its own when it is complete.
final class PendingFile {
    private let temporaryPath: FilePath
    private let path: FilePath
    private var handle: WriteFileHandle?
    private var offset: Int64 = 0

    /// Creates the file, readable by its owner alone.
    ///
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/transportFailed`` or ``SMTPError/Code/cancelled``.
    init(_ path: FilePath, writtenAs temporaryPath: FilePath) async throws(SMTPError) {
        self.path = path
        self.temporaryPath = temporaryPath
        do {
            self.handle = try await FileSystem.shared.openFile(
                forWritingAt: temporaryPath,
                options: OpenOptions.Write(
                    existingFile: .none,
                    newFile: OpenOptions.NewFile(permissions: .ownerReadWrite, transactionalCreation: false)
                )
            )
        } catch {
            // It may have been created by a task that was cancelled meanwhile.
            await Self.remove([temporaryPath])
            throw SMTPError(storing: error)
        }
    }

    /// Appends octets.
    ///
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/transportFailed`` or ``SMTPError/Code/cancelled``.
    func write(_ octets: ByteBuffer) async throws(SMTPError) {
        do {
            try await self.handle?.write(contentsOf: octets.readableBytesView, toAbsoluteOffset: self.offset)
            self.offset += Int64(octets.readableBytes)
        } catch {
            throw SMTPError(storing: error)
        }
    }

    /// Gives complete files their names, in order, once all of them are on the disk; either all or none.
    ///
    /// Once begun it is not interrupted, so that a task that is cancelled leaves either the message or nothing.
    ///
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/transportFailed``. No file is left then, unless the acceptance is
    ///   ``Acceptance/unknown``: all have their names and may be gone to a reader, but it is not known whether the names
    ///   are on the disk.
    static func commit(_ files: [PendingFile], in directory: FilePath) async throws(SMTPError) {
        let moves = files.map { ($0.temporaryPath, $0.path) }
        let handles = files.compactMap { $0.handle }
        for file in files { file.handle = nil }
        let failure = await Task { () -> SMTPError? in
            do {
                try await Self.finish(handles)
                for (temporaryPath, path) in moves {
                    try await FileSystem.shared.moveItem(at: temporaryPath, to: path)
                }
            } catch {
                await Self.remove(moves.reversed().flatMap { [$0.1, $0.0] })
                return SMTPError(storing: error)
            }
            do {
                try await FileSystem.shared.withDirectoryHandle(atPath: directory) {
                    try await $0.synchronize()
                }
            } catch {
                return SMTPError(storing: error, acceptance: .unknown)
            }
            return nil
        }.value
        if let failure { throw failure }
    }

    /// Brings files to the disk and closes them, all of them whatever happens.
    private static func finish(_ handles: [WriteFileHandle]) async throws {
        var failure: (any Error)?
        for handle in handles {
            do {
                if failure == nil { try await handle.synchronize() }
            } catch {
                failure = error
            }
            do { try await handle.close() } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
    }

    /// Removes a file that is not wanted.
    func discard() async {
        let handles = self.handle.map { [$0] } ?? []
        self.handle = nil
        await Self.remove([self.temporaryPath], closing: handles)
    }

    /// Removes files, in a task that is not cancelled.
    private static func remove(_ paths: [FilePath], closing handles: [WriteFileHandle] = []) async {
        let task = Task { () async -> Void in
            // Whatever closing would say, the file goes.
            for handle in handles { try? await handle.close() }
            for path in paths { _ = try? await FileSystem.shared.removeItem(at: path) }
        }
        await task.value
    }

    /// Makes a directory for its owner alone, unless it is there.
    ///
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/transportFailed`` or ``SMTPError/Code/cancelled``.
    static func makeDirectory(_ path: FilePath) async throws(SMTPError) {
        do {
            guard try await FileSystem.shared.info(forFileAt: path) == nil else { return }
            do {
                try await FileSystem.shared.createDirectory(
                    at: path,
                    withIntermediateDirectories: true,
                    permissions: .ownerReadWriteExecute
                )
            } catch let error as FileSystemError where error.code == .fileAlreadyExists {
                // Another message was faster.
            }
        } catch {
            throw SMTPError(storing: error)
        }
    }
}
