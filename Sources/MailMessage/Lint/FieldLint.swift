/// The check of which fields a header has.
struct FieldLint {
    /// Fields that stand in a message at most once (RFC 5322 §3.6 and the RFCs of the others).
    private static let single: Set<String> = [
        "date", "from", "sender", "reply-to", "to", "cc", "bcc", "message-id", "in-reply-to", "references",
        "subject", "mime-version", "content-type", "content-transfer-encoding", "content-disposition",
        "list-id", "list-unsubscribe", "list-unsubscribe-post", "tls-required",
    ]

    let fields: ReceivedFields

    /// Adds what it finds.
    func add(to findings: inout FindingList) {
        for line in self.fields.strayLines { findings.add(.notAField, .error, line: line) }
        for line in self.fields.blankLines { findings.add(.blankFoldedLine, .error, line: line) }
        for field in self.fields.fields where field.hasSpaceBeforeColon {
            findings.add(.notAField, .error, in: field, detail: "white space before the colon")
        }
        self.addMissing(to: &findings)
        self.addDuplicates(to: &findings)
        if let field = self.fields.first("date"), (try? MailDate(parsing: field.text)) == nil {
            findings.add(.invalidDate, .error, in: field, detail: field.text)
        }
        if let field = self.fields.first("bcc") { findings.add(.blindCopyField, .warning, in: field) }
        if let field = self.fields.first("return-path") {
            findings.add(.returnPathField, .warning, in: field)
        }
        self.addUnsubscribing(to: &findings)
    }

    private func addMissing(to findings: inout FindingList) {
        let needed = ["Date", "From"].filter { self.fields.first($0.lowercased()) == nil }
        for name in needed { findings.add(.missingField, .error, field: name) }
        let wanted = ["Message-ID", "Subject"].filter { self.fields.first($0.lowercased()) == nil }
        for name in wanted { findings.add(.recommendedField, .warning, field: name) }
        if self.fields.first("to") == nil, self.fields.first("cc") == nil {
            findings.add(.recommendedField, .warning, field: "To", detail: "neither To nor Cc")
        }
        if let field = self.fields.first("content-type"), self.fields.first("mime-version") == nil {
            findings.add(.missingMIMEVersion, .warning, in: field)
        }
    }

    private func addDuplicates(to findings: inout FindingList) {
        var seen: Set<String> = []
        for field in self.fields.fields
        where Self.single.contains(field.key) && !seen.insert(field.key).inserted {
            findings.add(.duplicateField, .error, in: field)
        }
    }

    private func addUnsubscribing(to findings: inout FindingList) {
        let way = self.fields.first("list-unsubscribe")
        let hasHTTPS = way.map { Self.hasHTTPS($0) } ?? false
        if let post = self.fields.first("list-unsubscribe-post") {
            guard !hasHTTPS else { return }
            findings.add(.oneClickWithoutHTTPS, .error, in: post)
        } else if let way, hasHTTPS {
            findings.add(.noOneClick, .warning, in: way)
        }
    }

    /// Whether one of the URIs in angle brackets is HTTPS.
    private static func hasHTTPS(_ field: ReceivedField) -> Bool {
        field.text.split(separator: "<").dropFirst(field.text.hasPrefix("<") ? 0 : 1).contains { piece in
            piece.contains(">") && piece.drop { $0 == " " }.prefix(8).lowercased() == "https://"
        }
    }
}
