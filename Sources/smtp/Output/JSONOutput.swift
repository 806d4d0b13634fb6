internal import Foundation

/// Reports for programs: one JSON object on one line, its keys sorted.
enum JSONOutput {
    /// Prints a report.
    static func print(_ report: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        Console.print(String(decoding: try encoder.encode(report), as: UTF8.self))
    }
}
