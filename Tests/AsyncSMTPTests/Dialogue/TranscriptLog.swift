import Synchronization

@testable import AsyncSMTP

/// Keeps what a transcript was told.
final class TranscriptLog: Sendable {
    private let kept = Mutex<[TranscriptEntry]>([])
    private let printed = Mutex<[String]>([])

    var entries: [TranscriptEntry] { self.kept.withLock { $0 } }
    /// The lines of ``lines(_:)``.
    var lines: [String] { self.printed.withLock { $0 } }
    /// All texts.
    var text: String { self.entries.map(\.description).joined(separator: "\n") }

    /// A transcript that keeps its entries here.
    func entries(limit: Int = 1024 * 1024) -> Transcript {
        Transcript(limit: limit) { entry in self.kept.withLock { $0.append(entry) } }
    }

    /// A transcript that keeps its finished lines here.
    func lines(_ level: Transcript.Level) -> Transcript {
        Transcript.lines(level: level) { line in self.printed.withLock { $0.append(line) } }
    }
}
