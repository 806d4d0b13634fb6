import AsyncSMTP
import Foundation

/// What became of the letters.
struct Summary {
    private var accepted = 0
    private var refused = 0
    private var later = 0
    private var unknown = 0

    var total: Int { self.accepted + self.refused + self.later + self.unknown }

    /// Counts an outcome, and tells of it where the letter did not arrive.
    mutating func add(_ outcome: SendOutcome, _ subscriber: Subscriber) {
        if let error = outcome.error {
            switch error.retryAdvice {
            case .doNotRetry: self.refused += 1
            case .mayDuplicate: self.unknown += 1
            default: self.later += 1
            }
            Swift.print("  \(subscriber.address): \(error)")
        } else {
            self.accepted += 1
        }
        if self.total.isMultiple(of: 100) { Swift.print("\(self.total) letters done") }
    }

    func print(after time: Duration) {
        Swift.print(
            """

            \(self.accepted) accepted, \(self.refused) refused for good, \(self.later) to be sent later, \
            \(self.unknown) unknown
            \(self.total) letters in \(time.formatted(.units(allowed: [.seconds, .milliseconds])))
            """
        )
    }
}
