/// The check of what a header says of the body.
struct BodyLint {
    let fields: ReceivedFields
    let survey: LineSurvey

    /// Adds what it finds.
    func add(to findings: inout FindingList) {
        let type = self.fields.first("content-type")
        switch self.survey.boundary {
        case .none:
            break
        case .missing:
            findings.add(.missingBoundary, .error, field: type?.name, line: type?.line)
        case .text(let boundary):
            guard !self.survey.hasDelimiter else { break }
            findings.add(.unusedBoundary, .error, field: type?.name, line: type?.line, detail: boundary)
        }
        self.addFalseLabel(
            isMultipart: type?.text.lowercased().hasPrefix("multipart/") ?? false,
            to: &findings
        )
    }

    /// Octets above 0x7F in a body that is 7bit by its header, or by the lack of one (RFC 2045 §6.1).
    private func addFalseLabel(isMultipart: Bool, to findings: inout FindingList) {
        guard let line = self.survey.eightBitBody.first, !isMultipart else { return }
        let field = self.fields.first("content-transfer-encoding")
        guard let field else {
            return findings.add(
                .falseTransferEncoding,
                .error,
                line: line,
                detail: "no Content-Transfer-Encoding"
            )
        }
        guard field.text.lowercased() == "7bit" else { return }
        findings.add(.falseTransferEncoding, .error, field: field.name, line: line)
    }
}
