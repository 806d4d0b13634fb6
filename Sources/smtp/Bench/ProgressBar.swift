internal import Foundation

/// A line on a terminal that tells how far a bench is.
final class ProgressBar {
    /// Time between two looks of it.
    private static let interval = Duration.milliseconds(100)
    private static let width = 30

    private let total: Int
    private var next = ContinuousClock.now

    /// A bar on standard error; nil where that is no terminal.
    init?(total: Int) {
        guard isatty(FileHandle.standardError.fileDescriptor) == 1 else { return nil }
        self.total = total
    }

    /// Shows how far it is, unless it did so a moment ago.
    func show(_ tally: BenchTally) {
        let now = ContinuousClock.now
        guard now >= self.next else { return }
        self.next = now + Self.interval
        let share = Double(tally.messages) / Double(self.total)
        let full = Int(share * Double(Self.width))
        let bar = String(repeating: "#", count: full) + String(repeating: "-", count: Self.width - full)
        let rate = Int(Double(tally.messages) / Swift.max(tally.elapsed / .seconds(1), 0.001))
        Self.write("\r[\(bar)] \(Int(share * 100)) % \(tally.messages)/\(self.total), \(rate)/s\u{1B}[K")
    }

    /// Takes it away.
    func remove() { Self.write("\r\u{1B}[K") }

    private static func write(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
