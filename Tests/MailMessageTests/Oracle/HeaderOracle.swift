import Foundation
import Testing

/// The email package of this machine's Python, which reads what is written here.
enum HeaderOracle {
    /// Whether there is one.
    static let isPresent: Bool = {
        let process = Self.process(["-c", "import email.headerregistry"])
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    private static let script = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Support/header_oracle.py")

    private static func process(_ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        return process
    }

    /// Hands all cases to one run of the script; returns the values it read, case by case.
    static func read(_ cases: [OracleCase]) async throws -> [[String]] {
        let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let input = directory.appending(path: "input")
        let output = directory.appending(path: "output")
        let lines = cases.map { "\($0.kind) \($0.allowsUTF8 ? "utf8" : "ascii") \(hexadecimal($0.octets))\n" }
        try Data(lines.joined().utf8).write(to: input)
        try Data().write(to: output)

        let process = Self.process([script.path()])
        process.standardInput = try FileHandle(forReadingFrom: input)
        process.standardOutput = try FileHandle(forWritingTo: output)
        let errors = Pipe()
        process.standardError = errors
        let status = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        let complaint = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(status == 0, "\(complaint)")
        let answer = String(decoding: try Data(contentsOf: output), as: UTF8.self)
        return answer.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map { line in
            line.split(separator: " ").map { text(hexadecimal: $0.dropFirst()) }
        }
    }

    private static func hexadecimal(_ octets: [UInt8]) -> String {
        octets.map { ($0 < 0x10 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func text(hexadecimal: Substring) -> String {
        let digits = Array(hexadecimal.utf8)
        let octets = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
            UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16)
        }
        return String(decoding: octets, as: UTF8.self)
    }
}
