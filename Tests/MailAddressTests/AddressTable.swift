import Testing

/// One text and what each of the three readers makes of it: the wire form, or nil where it is refused.
struct AddressRow: Sendable, CustomTestStringConvertible {
    let text: String
    let envelope: String?
    let strict: String?
    let lenient: String?

    var testDescription: String { text.debugDescription }

    /// Accepted everywhere, and written as it stands.
    static func asIs(_ text: String) -> AddressRow { everywhere(text, text) }

    /// Accepted everywhere, and written as `wire`.
    static func everywhere(_ text: String, _ wire: String) -> AddressRow {
        AddressRow(text: text, envelope: wire, strict: wire, lenient: wire)
    }

    /// No envelope address, but a header field may have it.
    static func header(_ text: String, _ wire: String) -> AddressRow {
        AddressRow(text: text, envelope: nil, strict: wire, lenient: wire)
    }

    /// An obsolete form.
    static func obsolete(_ text: String, _ wire: String) -> AddressRow {
        AddressRow(text: text, envelope: nil, strict: nil, lenient: wire)
    }

    /// Refused everywhere.
    static func refused(_ text: String) -> AddressRow {
        AddressRow(text: text, envelope: nil, strict: nil, lenient: nil)
    }
}

/// The tables, each for one part of the grammar.
enum AddressTable {
    static let all =
        localParts + quotedLocalParts + domains + literals + headerForms + lengths + international
}
