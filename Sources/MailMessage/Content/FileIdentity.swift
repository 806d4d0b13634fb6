internal import NIOFileSystem

/// State of a file by which a change of it is noticed: its size, and when it was changed last.
package struct FileIdentity: Sendable, Hashable {
    /// Octets in the file.
    package let size: Int64
    private let modification: FileInfo.Timespec
    private let statusChange: FileInfo.Timespec

    /// Asks the file system; nil where it does not know the file.
    package init?(path: String) async throws {
        guard let info = try await FileSystem.shared.info(forFileAt: FilePath(path)) else { return nil }
        self.size = info.size
        self.modification = info.lastDataModificationTime
        self.statusChange = info.lastStatusChangeTime
    }
}
