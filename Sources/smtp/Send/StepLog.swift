internal import AsyncSMTP
internal import Synchronization

/// What was said since the last step.
final class StepLog: Sendable {
    private let entries = Mutex<[TranscriptEntry]>([])

    /// Takes an entry of the transcript.
    func take(_ entry: TranscriptEntry) { self.entries.withLock { $0.append(entry) } }

    /// The lines of the server, and where the step itself has no reply what happened to the connection.
    func drain(_ step: QuitStep) -> [String] {
        self.entries.withLock { entries in
            defer { entries = [] }
            return entries.filter { entry in
                switch entry.speaker {
                case .server: true
                case .event: step == .connect || step == .tls
                case .client: false
                }
            }.map(\.text)
        }
    }
}
