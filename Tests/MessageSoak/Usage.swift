internal import Foundation

/// What this process holds: memory and open descriptors.
struct Usage: CustomStringConvertible {
    let resident: Int
    let descriptors: Int

    /// As things stand, read from proc(5).
    static func now() throws -> Usage {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        let kibibytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
        return Usage(
            resident: (kibibytes ?? 0) * 1024,
            descriptors: try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
        )
    }

    var description: String {
        String(
            format: "resident %.1f MiB, %d descriptors",
            Double(self.resident) / 1_048_576,
            self.descriptors
        )
    }
}
