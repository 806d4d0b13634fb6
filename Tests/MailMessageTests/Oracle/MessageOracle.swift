import Foundation
import Testing

/// Python's email package, which reads what is written here.
enum MessageOracle {
    /// A message and what it must be read as.
    struct Case: Encodable {
        /// Octets in base64.
        var octets: String
        var part: ExpectedPart
    }

    private static let script = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Support/message_oracle.py")

    /// Hands all messages to one run of the script; returns its lines, the last of which is `done`.
    static func differences(_ cases: [Case]) async throws -> [String] {
        let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let (input, output) = (directory.appending(path: "input"), directory.appending(path: "output"))
        let encoder = JSONEncoder()
        var lines = Data()
        for element in cases {
            lines += try encoder.encode(element)
            lines += Data("\n".utf8)
        }
        try lines.write(to: input)
        try Data().write(to: output)

        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-X", "utf8", Self.script.path()]
        process.standardInput = try FileHandle(forReadingFrom: input)
        process.standardOutput = try FileHandle(forWritingTo: output)
        let status = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        #expect(status == 0)
        return String(decoding: try Data(contentsOf: output), as: UTF8.self).split(separator: "\n").map(
            String.init
        )
    }
}
