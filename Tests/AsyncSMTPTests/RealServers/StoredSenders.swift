import Foundation
import Synchronization

/// Senders of the files that were looked at already: there are hundreds, and each test looks for its own.
enum StoredSenders {
    private static let senders = Mutex<[URL: String]>([:])

    /// - Parameter read: Finds the sender in the file; nil when it is not in there yet.
    static func sender(of file: URL, or read: (URL) -> String?) -> String? {
        if let sender = self.senders.withLock({ $0[file] }) { return sender }
        guard let sender = read(file) else { return nil }
        self.senders.withLock { $0[file] = sender }
        return sender
    }
}
