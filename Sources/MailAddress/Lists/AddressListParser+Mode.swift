extension AddressListParser {
    /// Which forms of RFC 5322 are accepted.
    ///
    /// Both modes refuse what is not in the grammar. Neither looks for something like an address in other
    /// text.
    public enum Mode: Sendable, Hashable {
        /// The current grammar of RFC 5322 §3.4, without comments and space around `@` and the dots of an
        /// address. For what a program or a form hands over.
        case strict

        /// The obsolete grammar of RFC 5322 §4.4 too. For header fields that came from somewhere else.
        ///
        /// It has empty list elements, names with dots, comments and space around `@` and dots, quoted
        /// strings as parts of a local part, and routes, which are dropped.
        case lenient
    }
}
