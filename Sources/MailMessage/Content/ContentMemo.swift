internal import NIOConcurrencyHelpers

/// Room for what was found out about octets in memory or in a file, kept with what names them: the same content sent again, in a
/// fan-out to many recipients say, is not looked at again.
package final class ContentMemo: Sendable {
    private let finding = NIOLockedValueBox<(any AnyObject & Sendable)?>(nil)

    package init() {}

    /// What was kept last, if it is of this type.
    package func finding<Finding: AnyObject & Sendable>(as type: Finding.Type) -> Finding? {
        self.finding.withLockedValue { $0 as? Finding }
    }

    /// Keeps a finding, in place of what was kept before.
    package func keep(_ finding: some AnyObject & Sendable) {
        self.finding.withLockedValue { $0 = finding }
    }
}
