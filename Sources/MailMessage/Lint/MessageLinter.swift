/// A check of a message before it is sent: what an RFC forbids, and what makes it look like spam or a mistake.
///
/// ```swift
/// for finding in try await message.lint() { print(finding) }
/// ```
///
/// It takes the octets of a message in pieces and keeps no more than the header, 1 MiB of it at most. At most 100
/// findings are listed; then one says that there are others. It looks at the header of the whole message and at the
/// lines of its body; the headers of parts are not looked at.
public struct MessageLinter: Sendable {
    private let context: LintContext
    private var survey: LineSurvey

    /// Begins a check.
    public init(_ context: LintContext = LintContext()) {
        self.context = context
        self.survey = LineSurvey(isBinaryBody: context.capability == .binary)
    }

    /// Takes octets of the message, in pieces of any size.
    public mutating func append(_ piece: Span<UInt8>) {
        self.survey.append(piece)
    }

    /// What was found: about lines first, then about fields.
    public mutating func finish() -> [LintFinding] {
        self.survey.finish()
        var findings = FindingList()
        self.addLineFindings(to: &findings)
        guard let fields = self.survey.fields else {
            findings.add(.headerTooLarge, .error, detail: "more than 1 MiB or 10 000 fields")
            return findings.all
        }
        FieldLint(fields: fields).add(to: &findings)
        AddressLint(fields: fields, dkimDomains: self.context.dkimDomains).add(to: &findings)
        BodyLint(fields: fields, survey: self.survey).add(to: &findings)
        return findings.all
    }

    private func addLineFindings(to findings: inout FindingList) {
        findings.add(.lineTooLong, .error, at: self.survey.longLines)
        findings.add(.longHeaderLine, .warning, at: self.survey.longHeaderLines)
        findings.add(.bareCR, .error, at: self.survey.bareCRs)
        findings.add(.bareLF, .error, at: self.survey.bareLFs)
        findings.add(.nulOctet, .error, at: self.survey.nuls)
        if !self.context.offersSMTPUTF8 {
            findings.add(.eightBitHeader, .error, at: self.survey.eightBitHeader)
        }
        if self.context.capability == .sevenBit {
            findings.add(.eightBitBody, .error, at: self.survey.eightBitBody)
        }
        if let maximum = self.context.maximumSize, self.survey.size > maximum {
            findings.add(.messageTooLarge, .error, detail: "\(self.survey.size) octets, \(maximum) at most")
        }
    }
}
