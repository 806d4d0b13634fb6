internal import Dispatch
internal import Foundation
internal import Synchronization

/// A file, a pipe or standard input, read on a thread of its own: a pipe that gives nothing keeps neither the
/// connection nor the end of the command waiting.
final class OctetFile: Sendable {
    private let handle: Mutex<FileHandle>
    private let queue = DispatchQueue(label: "smtp.file")
    private let name: String

    /// Opens a file.
    ///
    /// - Parameter path: The file; `-` is standard input.
    /// - Throws: ``ToolError`` with ``ExitStatus/unusableData``.
    init(_ path: String) throws(ToolError) {
        self.name = path == "-" ? "standard input" : "the file \(path)"
        guard path != "-" else {
            self.handle = Mutex(FileHandle.standardInput)
            return
        }
        guard FileManager.default.fileExists(atPath: path) else {
            throw ToolError(.unusableData, "there is no file \(path)")
        }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw ToolError(.unusableData, "the file \(path) cannot be read")
        }
        self.handle = Mutex(handle)
    }

    /// Where the next octet is, and where the file ends; nil for what can be read once, such as a pipe.
    func extent() -> Range<UInt64>? {
        self.handle.withLock { handle in
            guard let position = try? handle.offset(), let end = try? handle.seekToEnd(),
                (try? handle.seek(toOffset: position)) != nil, position <= end
            else { return nil }
            return position..<end
        }
    }

    /// Reads until there are so many octets, or the file ends.
    ///
    /// - Parameter place: Where to begin; nil goes on where the last reading ended.
    /// - Throws: ``ToolError`` with ``ExitStatus/unusableData``, or `CancellationError` as soon as the task is
    ///   cancelled.
    func read(upTo count: Int, at place: UInt64? = nil) async throws -> [UInt8] {
        let wait = OneResult<[UInt8]>()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                wait.begin(continuation)
                self.queue.async { wait.end(self.readNow(upTo: count, at: place)) }
            }
        } onCancel: {
            wait.end(.failure(CancellationError()))
        }
    }

    private func readNow(upTo count: Int, at place: UInt64?) -> Result<[UInt8], any Error> {
        self.handle.withLock { handle in
            do {
                if let place { try handle.seek(toOffset: place) }
                return .success([UInt8](try handle.read(upToCount: count) ?? Data()))
            } catch {
                return .failure(ToolError(.unusableData, "\(self.name) cannot be read"))
            }
        }
    }
}
