/// Which of the related grammars an ``AddressScanner`` reads.
enum AddressDialect: Sendable {
    /// RFC 5321 §4.1.2: no white space, no comments.
    case envelope
    /// RFC 5322 §3.4.
    case header
    /// RFC 5322 §4.4, the obsolete forms too.
    case obsoleteHeader

    var allowsObsoleteForms: Bool { self == .obsoleteHeader }
}
