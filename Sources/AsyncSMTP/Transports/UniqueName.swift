internal import Foundation

/// Names of stored messages: made of time and random numbers, never of anything a message says.
enum UniqueName {
    /// Time since 1970.
    private static var now: (seconds: Int64, microseconds: Int64) {
        let time = Int64(Date().timeIntervalSince1970 * 1_000_000)
        return (time / 1_000_000, time % 1_000_000)
    }

    /// 128 random bits in hexadecimal.
    private static var random: String {
        (0..<2).map { _ in
            let digits = String(UInt64.random(in: .min ... .max), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    private static func padded(_ microseconds: Int64) -> String {
        let digits = String(microseconds)
        return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }

    /// A name of digits, letters, a dot and a hyphen; names sort by time.
    static func file() -> String {
        let (seconds, microseconds) = self.now
        return "\(seconds).\(self.padded(microseconds))-\(self.random)"
    }

    /// A name by the rules of maildir: time, what makes it unique, host.
    static func maildir(host: String) -> String {
        let (seconds, microseconds) = self.now
        let process = ProcessInfo.processInfo.processIdentifier
        return "\(seconds).M\(microseconds)P\(process)R\(self.random).\(self.sanitized(host))"
    }

    /// A host as part of a name: `/` and `:` as maildir writes them, anything else that is not printable ASCII as `_`.
    static func sanitized(_ host: String) -> String {
        var result = ""
        for scalar in host.unicodeScalars.prefix(100) {
            switch scalar {
            case "/": result += "\\057"
            case ":": result += "\\072"
            case "!"..."~": result.unicodeScalars.append(scalar)
            default: result += "_"
            }
        }
        return result.isEmpty ? "localhost" : result
    }
}
