extension Message {
    /// How urgent a message is, for readers that show it.
    public enum Priority: Sendable, Hashable, CaseIterable {
        /// Urgent.
        case high
        /// As most mail; said only where something else was said before.
        case normal
        /// Whenever there is time.
        case low
    }
}

extension Message.Priority {
    /// Fields that say it: Importance (RFC 2156), Priority (the same), and X-Priority, which most readers look at.
    var fields: [HeaderField] {
        let (importance, priority, number) =
            switch self {
            case .high: ("high", "urgent", "1")
            case .normal: ("normal", "normal", "3")
            case .low: ("low", "non-urgent", "5")
            }
        return [
            HeaderField(.importance, .text(importance)), HeaderField(.priority, .text(priority)),
            HeaderField(.xPriority, .text(number)),
        ]
    }
}
