import Foundation

/// A directory for one test.
enum SinkDirectory {
    static func with<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
        // Short, since a socket path has room for about 100 octets.
        let name = "sink-" + String(UInt64.random(in: .min ... .max), radix: 36)
        let directory = URL.temporaryDirectory.appending(path: name)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        return try await body(directory)
    }
}
