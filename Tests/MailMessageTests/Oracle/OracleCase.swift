import MailAddress
import MailMessage

/// A header field and what a reader must get out of it.
struct OracleCase {
    let kind: String
    let allowsUTF8: Bool
    let octets: [UInt8]
    let expected: [String]

    private init(_ kind: String, _ field: HeaderField, allowsUTF8: Bool, expected: [String]) throws {
        self.kind = kind
        self.allowsUTF8 = allowsUTF8
        self.expected = expected
        var encoder = FieldEncoder(allowsUTF8: allowsUTF8)
        try encoder.encode(field)
        octets = encoder.output
    }

    /// A text.
    static func text(_ text: String, allowsUTF8: Bool) throws -> OracleCase {
        try OracleCase(
            "text",
            HeaderField(.subject, .text(text)),
            allowsUTF8: allowsUTF8,
            expected: [text]
        )
    }

    /// A list of addresses.
    static func addresses(_ entries: [AddressListEntry], allowsUTF8: Bool) throws -> OracleCase {
        var expected: [String] = []
        for entry in entries {
            if case .group(let group) = entry { expected.append(group.name) } else { expected.append("") }
            expected.append("\(entry.mailboxes.count)")
            for mailbox in entry.mailboxes {
                expected += [mailbox.displayName ?? "", mailbox.address.wireForm]
            }
        }
        return try OracleCase(
            "addresses",
            HeaderField(.to, .addresses(entries)),
            allowsUTF8: allowsUTF8,
            expected: expected
        )
    }

    /// A list of message identifiers.
    static func identifiers(_ identifiers: [MessageIdentifier]) throws -> OracleCase {
        try OracleCase(
            "ids",
            HeaderField(.references, .messageIDs(identifiers)),
            allowsUTF8: false,
            expected: identifiers.map(\.description)
        )
    }

    /// A disposition with parameters.
    static func parameters(_ parameters: [Parameter]) throws -> OracleCase {
        let sorted = parameters.sorted { $0.name < $1.name }
        return try OracleCase(
            "parameters",
            HeaderField(.contentDisposition, .parameterized("attachment", parameters)),
            allowsUTF8: false,
            expected: ["attachment"] + sorted.flatMap { [$0.name, $0.value] }
        )
    }

    /// A date.
    static func date(_ date: MailDate) throws -> OracleCase {
        try OracleCase(
            "date",
            HeaderField(.date, .date(date)),
            allowsUTF8: false,
            expected: ["\(date.secondsSince1970)", "\(date.zoneOffsetMinutes)"]
        )
    }
}
