public import MailAddress

/// Argument of MAIL: the sender's mailbox, or the null path `<>` of notifications (RFC 5321 section 4.1.1.2).
public enum ReversePath: Sendable, Hashable, CustomStringConvertible {
    /// The null path `<>`: nobody is told when the message cannot be delivered (RFC 5321 section 4.5.5).
    case null
    /// A mailbox that failure reports go to.
    case mailbox(EmailAddress)

    /// Parses an address; the empty string and `<>` are the null path.
    ///
    /// - Throws: ``MailAddress/AddressError`` that names the offending octet and its position.
    public init(_ text: String) throws(AddressError) {
        self = text.isEmpty || text == "<>" ? .null : .mailbox(try EmailAddress(text))
    }

    /// The mailbox; nil for the null path.
    public var address: EmailAddress? {
        switch self {
        case .null: nil
        case .mailbox(let address): address
        }
    }

    /// The path in angle brackets, as it is sent.
    public var description: String { "<\(self.address?.wireForm ?? "")>" }
}
