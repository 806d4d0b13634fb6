/// Whether and when something that failed is tried again.
package enum RetryDecision: Sendable, Hashable {
    /// It is not tried again.
    case giveUp
    /// It is tried again when this time has passed; zero for at once.
    case retry(after: Duration)
}
