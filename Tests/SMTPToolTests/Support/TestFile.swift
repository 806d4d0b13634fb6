import Foundation

/// A file of one test, removed at its end.
enum TestFile {
    static func with<Result>(_ content: String, _ body: (String) async throws -> Result) async throws
        -> Result
    {
        let file = URL.temporaryDirectory.appending(path: "smtp-tool-\(UUID().uuidString)")
        try Data(content.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try await body(file.path())
    }
}
