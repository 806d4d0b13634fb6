import AsyncSMTP
import Synchronization

/// Gives tokens in a given order, the last one again and again, and counts how often it was asked.
final class CountingTokens: Sendable {
    private let tokens: [String]
    private let asked = Mutex(0)

    init(_ tokens: String...) {
        self.tokens = tokens
    }

    var count: Int { self.asked.withLock { $0 } }

    /// A source that asks here.
    func source() -> TokenSource {
        TokenSource {
            let index = self.asked.withLock { count in
                defer { count += 1 }
                return min(count, self.tokens.count - 1)
            }
            return Secret(self.tokens[index])
        }
    }
}
