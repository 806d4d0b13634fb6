import Foundation

/// Memory of this process as Linux tells it (proc(5)).
enum ProcessMemory {
    /// Forgets the peak so far; returns what is resident now, in octets.
    static func resetPeak() throws -> Int {
        try Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs"))
        return try self.value(of: "VmRSS")
    }

    /// Most that was resident since ``resetPeak()``, in octets.
    static func peak() throws -> Int { try self.value(of: "VmHWM") }

    private static func value(of key: String) throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix(key + ":") }
        let number = line?.split(whereSeparator: \.isWhitespace).dropFirst().first
        guard let number, let kibibytes = Int(number) else { throw CocoaError(.fileReadCorruptFile) }
        return kibibytes * 1024
    }
}
