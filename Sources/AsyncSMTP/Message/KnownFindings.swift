internal import MailMessage
internal import SMTPCore

/// What was found out about content, and under which question.
final class KnownFindings: Sendable {
    private let droppedFields: Set<String>
    private let rules: ContentRules
    private let file: FileIdentity?
    private let findings: ContentFindings

    private init(
        _ findings: ContentFindings,
        droppedFields: Set<String>,
        rules: ContentRules,
        file: FileIdentity?
    ) {
        self.droppedFields = droppedFields
        self.rules = rules
        self.file = file
        self.findings = findings
    }

    /// What was found for the same question, if that was the last one.
    ///
    /// - Parameter file: The file as it is now; what was found about another state of it does not count.
    static func findings(
        in memo: ContentMemo,
        droppedFields: Set<String>,
        rules: ContentRules,
        file: FileIdentity? = nil
    ) -> ContentFindings? {
        guard let known = memo.finding(as: KnownFindings.self), known.rules == rules, known.file == file,
            known.droppedFields == droppedFields
        else { return nil }
        return known.findings
    }

    /// Keeps what was found, in place of what was kept before.
    static func keep(
        _ findings: ContentFindings,
        in memo: ContentMemo,
        droppedFields: Set<String>,
        rules: ContentRules,
        file: FileIdentity? = nil
    ) {
        memo.keep(KnownFindings(findings, droppedFields: droppedFields, rules: rules, file: file))
    }
}
