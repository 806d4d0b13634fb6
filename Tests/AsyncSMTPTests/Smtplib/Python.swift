import Foundation
import Testing

/// The Python of this machine, whose smtplib ours is compared with.
enum Python {
    /// Whether there is one, with smtplib.
    static let hasSmtplib: Bool = {
        let process = Self.process(["-c", "import smtplib"])
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    private static func process(_ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        return process
    }

    /// Runs a script and returns what it printed; its failure is recorded with what it complained about.
    static func run(
        _ script: String,
        arguments: [String] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let process = Self.process(["-c", script] + arguments)
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        let status = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        // What these scripts print fits a pipe's buffer, so reading it afterwards is soon enough.
        let complaint = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(status == 0, "\(complaint)", sourceLocation: sourceLocation)
        return String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }
}
