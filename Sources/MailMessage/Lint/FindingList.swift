/// Findings up to a number, so that a message of nothing but errors does not fill the memory.
struct FindingList: Sendable {
    /// The greatest number of findings; one more says that there are others.
    static let maximumCount = 100

    private var findings: [LintFinding] = []
    private var omitted = 0

    /// Adds a finding, or counts it where there are enough.
    mutating func add(
        _ rule: LintRule,
        _ severity: LintFinding.Severity,
        field: String? = nil,
        line: Int? = nil,
        detail: String = ""
    ) {
        guard self.findings.count < Self.maximumCount else {
            self.omitted += 1
            return
        }
        self.findings.append(LintFinding(rule, severity, field: field, line: line, detail: detail))
    }

    /// Adds what concerns a field.
    mutating func add(
        _ rule: LintRule,
        _ severity: LintFinding.Severity,
        in field: ReceivedField,
        detail: String = ""
    ) {
        self.add(rule, severity, field: field.name, line: field.line, detail: detail)
    }

    /// Adds one finding for all places, if there are any.
    mutating func add(_ rule: LintRule, _ severity: LintFinding.Severity, at places: LinePlaces) {
        guard let first = places.first else { return }
        let detail = places.count == 1 ? "" : "\(places.count) times, here first"
        self.add(rule, severity, line: first, detail: detail)
    }

    /// The findings, and one that says so if there are others.
    var all: [LintFinding] {
        guard self.omitted > 0 else { return self.findings }
        return self.findings + [
            LintFinding(.moreFindings, .warning, detail: "at least \(self.omitted) others")
        ]
    }
}
