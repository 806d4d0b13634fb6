/// Value of NOTIFY: which reports the sender wants about a recipient (RFC 3461 section 4.1).
public struct Notify: Sendable, Hashable {
    /// A kind of report.
    public enum Event: String, Sendable, Hashable, CaseIterable {
        /// The message was delivered.
        case success = "SUCCESS"
        /// It could not be delivered.
        case failure = "FAILURE"
        /// Its delivery is delayed.
        case delay = "DELAY"
    }

    let value: String

    /// No report of any kind.
    public static let never = Notify(value: "NEVER")

    /// Reports of these kinds; without any, the same as ``never``.
    public static func on(_ events: Set<Event>) -> Notify {
        guard !events.isEmpty else { return .never }
        return Notify(value: Event.allCases.filter(events.contains).map(\.rawValue).joined(separator: ","))
    }
}
