internal import SMTPCore

/// How a message ended, by the names that logs, metrics and spans have in common.
enum Outcome: String, Sendable, Hashable {
    case accepted
    case partly
    case refusedTemporarily = "refused_temporarily"
    case refusedPermanently = "refused_permanently"
    case notAccepted = "not_accepted"
    case unknown

    init(_ acceptance: Acceptance) {
        self =
            switch acceptance {
            case .notAccepted: .notAccepted
            case .refusedTemporarily: .refusedTemporarily
            case .refusedPermanently: .refusedPermanently
            case .partly: .partly
            case .unknown: .unknown
            }
    }

    init(_ counts: RecipientCounts) {
        self = counts.accepted == counts.total ? .accepted : .partly
    }
}
