internal import NIOConcurrencyHelpers
internal import SMTPCore

/// What was found out about octets in memory or in a file, kept with what names them: the same content sent again, in a fan-out to many
/// recipients say, is not looked at again.
final class ContentMemo: Sendable {
    private struct Entry: Sendable {
        let droppedFields: Set<String>
        let rules: ContentRules
        let file: FileIdentity?
        let findings: ContentFindings
    }

    private let entry = NIOLockedValueBox<Entry?>(nil)

    /// What was found for the same question, if that was the last one.
    ///
    /// - Parameter file: The file as it is now; what was found about another state of it does not count.
    func findings(
        droppedFields: Set<String>,
        rules: ContentRules,
        file: FileIdentity? = nil
    ) -> ContentFindings? {
        self.entry.withLockedValue { entry in
            guard let entry, entry.rules == rules, entry.file == file, entry.droppedFields == droppedFields
            else {
                return nil
            }
            return entry.findings
        }
    }

    /// Keeps what was found, in place of what was kept before.
    func keep(
        _ findings: ContentFindings,
        droppedFields: Set<String>,
        rules: ContentRules,
        file: FileIdentity? = nil
    ) {
        self.entry.withLockedValue {
            $0 = Entry(droppedFields: droppedFields, rules: rules, file: file, findings: findings)
        }
    }
}
