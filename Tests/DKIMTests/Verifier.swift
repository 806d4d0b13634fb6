import Foundation
import Testing

/// dkimpy, run by the Python that `Tests/run.sh` has installed it for.
enum Verifier {
    /// What it found about a message: true, false or the text of an exception for each signature.
    struct Verdict: Decodable {
        /// Whether a signature verifies.
        struct Result: Decodable, Equatable, ExpressibleByBooleanLiteral, CustomStringConvertible {
            let description: String

            init(booleanLiteral value: Bool) { self.description = "\(value)" }

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                self.description =
                    if let value = try? container.decode(Bool.self) {
                        "\(value)"
                    } else {
                        try container.decode(String.self)
                    }
            }
        }

        let verified: [Result]
        let changedBody: [Result]
        let secondFrom: [Result]
        let secondSubject: [Result]
    }

    /// The interpreter, where there is one.
    static let python = ProcessInfo.processInfo.environment["TEST_DKIM_PYTHON"]

    /// Verifies all messages in one run.
    ///
    /// - Parameters:
    ///   - messages: Each with the number of its signatures.
    ///   - records: Texts of key records by their names.
    static func verdicts(
        on messages: [(octets: [UInt8], signatures: Int)],
        records: [String: String]
    ) async throws -> [Verdict] {
        let directory = FileManager.default.temporaryDirectory.appending(path: "dkim-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        var input = Data("\(records.count)\n".utf8)
        for (name, record) in records { input += Data("\(name)\t\(record)\n".utf8) }
        for message in messages {
            input += Data("\(message.octets.count) \(message.signatures)\n".utf8) + Data(message.octets)
        }
        // Files, since pipes could fill up on both sides.
        let (source, target) = (directory.appending(path: "in"), directory.appending(path: "out"))
        try input.write(to: source)
        try Data().write(to: target)
        let process = Process()
        process.executableURL = URL(filePath: try #require(Self.python))
        process.arguments = [Self.script.path()]
        process.standardInput = try FileHandle(forReadingFrom: source)
        process.standardOutput = try FileHandle(forWritingTo: target)
        let status = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        try #require(status == 0, "what the script complained about is above")
        return try Data(contentsOf: target).split(separator: 0x0A).map {
            try JSONDecoder().decode(Verdict.self, from: $0)
        }
    }

    private static let script = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Support/dkim_verify.py")
}
