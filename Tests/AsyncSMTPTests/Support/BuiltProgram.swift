import Foundation

/// A program of this package, which is built into the same directory as the tests.
enum BuiltProgram {
    static func url(_ name: String) throws -> URL {
        var directory = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        while directory.path() != "/" {
            let candidate = directory.appending(path: name)
            if FileManager.default.isExecutableFile(atPath: candidate.path()) { return candidate }
            directory.deleteLastPathComponent()
        }
        throw CocoaError(.fileNoSuchFile)
    }
}
