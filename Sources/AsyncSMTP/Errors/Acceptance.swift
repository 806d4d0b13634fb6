/// What is known about a message that was not reported as sent.
public enum Acceptance: String, Sendable, Hashable {
    /// No server can have accepted it for any recipient.
    case notAccepted
    /// A server refused it for now.
    case refusedTemporarily
    /// A server refused it for good.
    case refusedPermanently
    /// It was accepted for some recipients before something failed; the outcomes tell for which.
    case partly
    /// The connection went after the last octet and before the final reply: it may have been accepted.
    case unknown
}
