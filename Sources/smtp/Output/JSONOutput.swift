internal import AsyncSMTP
internal import Foundation

/// Reports for programs: one JSON object on one line, its keys sorted.
enum JSONOutput {
    /// Keys whose values are words of this program, and never what a server said.
    private static let words: Set<String> = [
        "acceptance", "cipher", "level", "mechanism", "reason", "stage", "version",
    ]

    /// Prints a report; what a server said in it is redacted.
    static func print(_ report: some Encodable) throws {
        let encoded = try JSONEncoder().encode(report)
        let tree = Self.redacted(try JSONSerialization.jsonObject(with: encoded))
        let octets = try JSONSerialization.data(
            withJSONObject: tree,
            options: [.sortedKeys, .withoutEscapingSlashes]
        )
        Console.printUnchanged(Self.printable(String(decoding: octets, as: UTF8.self)))
    }

    private static func redacted(_ value: Any) -> Any {
        switch value {
        case let text as String: Redaction.applied(to: text)
        case let array as [Any]: array.map(Self.redacted)
        case let object as [String: Any]:
            object.reduce(into: [String: Any]()) { result, entry in
                result[entry.key] = Self.words.contains(entry.key) ? entry.value : Self.redacted(entry.value)
            }
        default: value
        }
    }

    /// The same JSON without characters that a terminal obeys.
    private static func printable(_ json: String) -> String {
        var result = ""
        for scalar in json.unicodeScalars {
            switch scalar.value {
            case 0x7F...0x9F, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
