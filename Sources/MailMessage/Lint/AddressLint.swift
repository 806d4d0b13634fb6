internal import MailAddress

/// The check of the fields that hold addresses.
struct AddressLint {
    private static let keys: Set<String> = [
        "from", "sender", "reply-to", "to", "cc", "bcc", "resent-from", "resent-sender", "resent-reply-to",
        "resent-to", "resent-cc", "resent-bcc",
    ]
    private static let quotedKeys: Set<String> = keys.union(["content-type", "content-disposition"])

    private let fields: ReceivedFields
    private let hasSender: Bool
    private let signingDomains: [String]

    /// Begins a check of a header of a message that these domains sign.
    init(fields: ReceivedFields, dkimDomains: [String]) {
        self.fields = fields
        self.hasSender = fields.first("sender") != nil
        self.signingDomains = dkimDomains.map { (try? MailDomain($0))?.ascii ?? $0.lowercased() }
    }

    /// Adds what it finds.
    func add(to findings: inout FindingList) {
        for field in self.fields.fields where Self.quotedKeys.contains(field.key) {
            if EncodedWordSearch.isQuoted(in: field.value) {
                findings.add(.misplacedEncodedWord, .warning, in: field, detail: "within quotes")
            }
            guard Self.keys.contains(field.key) else { continue }
            self.check(field, &findings)
        }
    }

    private func check(_ field: ReceivedField, _ findings: inout FindingList) {
        // Bcc and Resent-Bcc may be empty (RFC 5322 §3.6.3, §3.6.6).
        if field.key == "bcc" || field.key == "resent-bcc", field.trimmedValue.isEmpty { return }
        let mailboxes: [Mailbox]
        do throws(AddressError) {
            mailboxes = try AddressListParser().parse(field.trimmedValue).flatMap(\.mailboxes)
        } catch {
            let detail = "\(error.reason) at octet \(error.position) of the value"
            return findings.add(.invalidAddress, .error, in: field, detail: detail)
        }
        if mailboxes.contains(where: { EncodedWordSearch.isContained(in: $0.address.localPart.utf8) }) {
            findings.add(.misplacedEncodedWord, .warning, in: field, detail: "in an address")
        }
        switch field.key {
        case "sender" where mailboxes.count != 1, "resent-sender" where mailboxes.count != 1:
            findings.add(.invalidAddress, .error, in: field, detail: "\(mailboxes.count) mailboxes")
        case "from":
            if mailboxes.count > 1, !self.hasSender {
                findings.add(.missingSender, .error, in: field, detail: "\(mailboxes.count) mailboxes")
            }
            self.checkAlignment(of: mailboxes, in: field, &findings)
        default:
            break
        }
    }

    private func checkAlignment(
        of mailboxes: [Mailbox],
        in field: ReceivedField,
        _ findings: inout FindingList
    ) {
        guard !self.signingDomains.isEmpty else { return }
        let stray = mailboxes.map(\.address.domain.ascii).first { domain in
            !self.signingDomains.contains {
                $0 == domain || $0.hasSuffix("." + domain) || domain.hasSuffix("." + $0)
            }
        }
        if let stray { findings.add(.notAligned, .warning, in: field, detail: stray) }
    }
}
