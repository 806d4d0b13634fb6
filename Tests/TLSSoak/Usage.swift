import Foundation

/// What this process holds: memory, open descriptors, blocks that OpenSSL has taken and not given back.
struct Usage: CustomStringConvertible {
    let resident: Int
    let descriptors: Int
    let openSSLBlocks: Int

    /// As things stand, read from proc(5) and the allocator.
    static func now() throws -> Usage {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        let kibibytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
        return Usage(
            resident: (kibibytes ?? 0) * 1024,
            descriptors: try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count,
            openSSLBlocks: OpenSSLBlocks.count
        )
    }

    var description: String {
        let mebibytes = { (octets: Int) in String(format: "%.1f MiB", Double(octets) / 1_048_576) }
        return "resident \(mebibytes(self.resident)), "
            + "\(self.descriptors) descriptors, \(self.openSSLBlocks) OpenSSL blocks"
    }

    /// What has grown more than it may since `base`; empty when nothing has.
    func growth(since base: Usage) -> [String] {
        var grown: [String] = []
        func check(_ name: String, _ value: Int, _ base: Int, slack: Int) {
            if value > base + base / 20 + slack { grown.append("\(name) grew from \(base) to \(value)") }
        }
        // Allocators keep some of what they once had; a leak of one object a handshake is far above the slack.
        check("resident memory", self.resident, base.resident, slack: 4 << 20)
        check("descriptors", self.descriptors, base.descriptors, slack: 4)
        check("OpenSSL blocks", self.openSSLBlocks, base.openSSLBlocks, slack: 200)
        return grown
    }
}
