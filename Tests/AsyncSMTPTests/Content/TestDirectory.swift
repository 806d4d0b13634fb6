import Foundation

/// A directory of one test, removed at its end.
enum TestDirectory {
    static func with<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
        let directory = URL.temporaryDirectory.appending(path: "async-smtp-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        return try await body(directory)
    }
}
