package import SMTPCore

/// Recipients that are offered once more, and when.
package struct RecipientRetry: Sendable, Hashable {
    /// The recipients, in the order of their outcomes; at least one.
    package let recipients: [ForwardPath]
    /// Time to wait before; zero for at once.
    package let delay: Duration
}
