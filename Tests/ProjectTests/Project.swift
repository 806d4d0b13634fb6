import Foundation

/// The files of this package.
enum Project {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func files(below path: String, extension suffix: String) -> [URL] {
        let directory = Self.root.appending(path: path)
        let names =
            FileManager.default.enumerator(atPath: directory.path())?.compactMap { $0 as? String } ?? []
        // Hidden folders are where packages within this one are built.
        return names.filter { $0.hasSuffix("." + suffix) && !$0.hasPrefix(".") && !$0.contains("/.") }
            .sorted().map { directory.appending(path: $0) }
    }

    static func lines(of file: URL) throws -> [Substring] {
        try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
    }
}
