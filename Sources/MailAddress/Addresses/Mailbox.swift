/// An address with the name of its owner, as it stands in a header field (RFC 5322 §3.4).
public struct Mailbox: Sendable, Hashable {
    /// The name, without quotes and escapes; nil when there is none.
    ///
    /// Encoded-words (RFC 2047) are left as they were written.
    public let displayName: String?

    /// The address.
    public let address: EmailAddress

    /// Makes a mailbox without a name.
    public init(_ address: EmailAddress) {
        self.init(uncheckedName: nil, address: address)
    }

    /// Makes a mailbox with a name.
    ///
    /// - Parameters:
    ///   - displayName: The name as people read it; an empty name counts as none.
    ///   - address: The address.
    /// - Throws: ``AddressError`` with ``AddressError/Reason/controlCharacter`` when the name holds a control
    ///   character or a line separator, which could begin a header field of its own.
    public init(displayName: String?, address: EmailAddress) throws(AddressError) {
        if let displayName {
            try DisplayName.requirePrintable(displayName)
        }
        self.init(uncheckedName: displayName, address: address)
    }

    /// Takes a name that is known to hold no control characters.
    init(uncheckedName: String?, address: EmailAddress) {
        displayName = uncheckedName?.isEmpty == true ? nil : uncheckedName
        self.address = address
    }
}

extension Mailbox: CustomStringConvertible {
    /// The mailbox as `name <address>`, the name quoted where it is not a phrase of atoms.
    ///
    /// For people: a header field needs the encodings of RFC 2047 besides.
    public var description: String {
        guard let displayName else { return address.description }
        return DisplayName.quotedWhereNeeded(displayName) + " <\(address)>"
    }
}
