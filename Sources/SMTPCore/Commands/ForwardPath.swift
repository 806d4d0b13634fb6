public import MailAddress

/// Argument of RCPT: a mailbox, or `<Postmaster>` without a domain (RFC 5321 section 4.1.1.3).
public enum ForwardPath: Sendable, Hashable, CustomStringConvertible {
    /// A mailbox.
    case mailbox(EmailAddress)
    /// The postmaster of the server itself, `<Postmaster>`.
    case postmaster

    /// Parses an address; `Postmaster` in any case, without a domain, is the reserved recipient.
    ///
    /// - Throws: ``MailAddress/AddressError`` that names the offending octet and its position; the null path
    ///   is no recipient.
    public init(_ text: String) throws(AddressError) {
        self = text.lowercased() == "postmaster" ? .postmaster : .mailbox(try EmailAddress(text))
    }

    /// The mailbox; nil for the postmaster.
    public var address: EmailAddress? {
        switch self {
        case .mailbox(let address): address
        case .postmaster: nil
        }
    }

    /// The path in angle brackets, as it is sent.
    public var description: String { "<\(self.address?.wireForm ?? "Postmaster")>" }
}
