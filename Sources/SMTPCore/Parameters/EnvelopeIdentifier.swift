/// Value of ENVID: an identifier that comes back in delivery reports (RFC 3461 section 4.4).
public struct EnvelopeIdentifier: Sendable, Hashable, CustomStringConvertible {
    /// The identifier as the caller gave it.
    public let description: String

    /// Checks an identifier: 1 to 100 printable ASCII characters, space included.
    ///
    /// - Throws: ``CommandError`` that names the offending octet and its position.
    public init(_ text: String) throws(CommandError) {
        try ArgumentRules.check(text, argument: "ENVID", maximumLength: 100) { (0x20...0x7E).contains($0) }
        self.description = text
    }

    var encoded: String { Xtext.encode(self.description.utf8) }
}
