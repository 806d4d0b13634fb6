import Foundation
import Testing

/// Peak memory above idle, measured in a process of its own (`Tests/MemoryProbe`).
@Suite("Memory", .enabled(if: FileManager.default.fileExists(atPath: "/proc/self/clear_refs")))
struct MemoryTests {
    @Test("a file of 25 MiB is sent with a peak below 48 MiB above idle")
    func largeFile() async throws {
        #expect(try await self.probe("file", "25") < 48 * 1024 * 1024)
    }

    /// `Tests/soak.sh` does the same with 1 GiB.
    @Test("an attachment of 16 MiB is rendered, signed and sent with a peak below 14 MiB above idle")
    func attachment() async throws {
        #expect(try await self.probe("attachment", "16") < 14 * 1024 * 1024)
    }

    @Test(
        "S-E1.1 S-E1.2 a peer that never ends a line or a reply costs less than 1 MiB",
        arguments: ["2", "250-\\r\\n"]
    )
    func endlessPeer(_ unit: String) async throws {
        #expect(try await self.probe("flood", unit) < 1024 * 1024)
    }

    /// Octets by which the peak of the scenario rose above idle.
    private func probe(_ arguments: String...) async throws -> Int {
        let process = Process()
        let output = Pipe()
        process.executableURL = try BuiltProgram.url("MemoryProbe")
        process.arguments = arguments
        process.standardOutput = output
        let status = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        #expect(status == 0)
        // A number, which the pipe has room for.
        let printed = try #require(try output.fileHandleForReading.readToEnd())
        let text = String(decoding: printed, as: UTF8.self)
        return try #require(Int(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    }
}
