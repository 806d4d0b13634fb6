#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A path for a Unix socket, and what has to be removed afterwards.
struct UnixSocketPath: Sendable {
    let path: String
    /// The file or directory to remove at shutdown.
    private let removable: String

    init(_ path: String) {
        self.path = path
        self.removable = path
    }

    /// A path in a fresh directory that only this user can enter.
    static func temporary() throws(SMTPTestServerError) -> UnixSocketPath {
        // Short, since a socket path has room for about 100 octets.
        let name = "smtp-" + String(UInt64.random(in: .min ... .max), radix: 36)
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(name).path
        do {
            try FileManager.default.createDirectory(
                atPath: directory,
                withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw SMTPTestServerError(.fileSystem, "cannot make \(directory)", underlyingError: error)
        }
        return UnixSocketPath(path: directory + "/s", removable: directory)
    }

    private init(path: String, removable: String) {
        self.path = path
        self.removable = removable
    }

    /// Removes the socket, and its directory if it is a temporary one.
    func remove() throws(SMTPTestServerError) {
        do {
            try FileManager.default.removeItem(atPath: self.removable)
        } catch {
            guard FileManager.default.fileExists(atPath: self.removable) else { return }
            throw SMTPTestServerError(.fileSystem, "cannot remove \(self.removable)", underlyingError: error)
        }
    }
}
