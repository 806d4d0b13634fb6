extension DKIMSigner {
    /// Fields that are signed unless said otherwise (RFC 6376 section 5.4.1).
    public static let defaultSignedFields = [
        "From", "To", "Cc", "Subject", "Date", "Message-ID", "Reply-To", "In-Reply-To", "References",
        "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "List-Unsubscribe",
        "List-Unsubscribe-Post", "Sender",
    ]

    /// Fields that nobody may add unless said otherwise: those that a reader sees, or that say how to read the
    /// body.
    ///
    /// A relay that adds one of them where it is missing, as some add Date, breaks the signature.
    public static let defaultOversignedFields = [
        "From", "To", "Cc", "Subject", "Date", "Reply-To", "Message-ID", "MIME-Version", "Content-Type",
    ]

    /// Fields that change on the way, are not sent, or belong to other signatures (RFC 6376 section 5.4).
    private static let unsignable: Set<String> = [
        "return-path", "received", "bcc", "resent-bcc", "dkim-signature", "comments", "keywords",
    ]

    /// The names without repetitions.
    static func fieldNames(_ names: [String]) throws(DKIMError) -> [String] {
        var result: [String] = []
        var seen: Set<String> = []
        for name in names {
            // A semicolon may be in a name (RFC 5322 section 3.6.8), but would end the tag (RFC 6376 section 3.2).
            let isName = name.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x3A && $0 != 0x3B }
            guard isName, (1...maximumFieldNameLength).contains(name.utf8.count) else {
                throw DKIMError(.unsignableField, "a name that is none")
            }
            let key = name.lowercased()
            guard !self.unsignable.contains(key) else { throw DKIMError(.unsignableField, name) }
            if seen.insert(key).inserted { result.append(name) }
        }
        return result
    }

    /// Most octets of a field name, which stays within one line of the signature.
    private static let maximumFieldNameLength = 76

    /// The names for the tag `h=`: each signed field as often as the message has it, and those to be oversigned
    /// once more.
    func listedFields(in header: HeaderBlock) -> [String] {
        let oversigned = Set(self.oversignedFields.map { $0.lowercased() })
        let signed = Set(self.signedFields.map { $0.lowercased() })
        return (self.signedFields + self.oversignedFields.filter { !signed.contains($0.lowercased()) })
            .flatMap { name in
                let key = name.lowercased()
                let count = header.count(of: key) + (oversigned.contains(key) ? 1 : 0)
                return Array(repeating: name, count: count)
            }
    }
}
