internal import MailAddress

extension FieldValue {
    /// The kinds of values, each written in its own way.
    enum Content: Sendable, Hashable {
        case text(String)
        case addresses([AddressListEntry])
        /// Identifiers in their angle brackets.
        case identifiers([String])
        case date(MailDate)
        case parameterized(String, [Parameter])
        case phrases([String])
        case identifier(phrase: String?, id: String)
        case uris([String])
        /// Text that ``RawFieldText`` has checked.
        case raw(String)
    }
}
