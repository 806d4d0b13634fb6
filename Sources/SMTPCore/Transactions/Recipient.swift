public import MailAddress

/// One recipient of an envelope with its parameters.
public struct Recipient: Sendable, Hashable {
    /// Argument of RCPT.
    public var path: ForwardPath
    /// Parameters of RCPT.
    public var parameters: RecipientParameters

    /// Makes a recipient.
    public init(_ path: ForwardPath, parameters: RecipientParameters = RecipientParameters()) {
        self.path = path
        self.parameters = parameters
    }

    /// Makes a recipient from an address.
    public init(_ address: EmailAddress, parameters: RecipientParameters = RecipientParameters()) {
        self.init(.mailbox(address), parameters: parameters)
    }
}
