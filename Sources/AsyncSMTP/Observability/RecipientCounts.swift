internal import SMTPCore

/// How many recipients a message was accepted and refused for.
struct RecipientCounts: Sendable {
    let total: Int
    /// Recipients the server took responsibility for.
    private(set) var accepted = 0
    /// Recipients the server refused, for now or for good; not those that a failure befell.
    private(set) var refused = 0

    init(_ outcomes: [RecipientOutcome]) {
        self.total = outcomes.count
        for outcome in outcomes {
            switch outcome.disposition {
            case .accepted: self.accepted += 1
            case .refusedTemporarily, .refusedPermanently: self.refused += 1
            case .notAccepted, .unknown: break
            }
        }
    }
}
