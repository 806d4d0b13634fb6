public import MailAddress

/// One recipient of an envelope with its parameters.
public struct Recipient: Sendable, Hashable {
    /// Argument of RCPT.
    public var path: ForwardPath
    /// Parameters of RCPT.
    public var parameters: RecipientParameters {
        get { self.given?.value ?? RecipientParameters() }
        set { self.given = newValue == RecipientParameters() ? nil : Shared(newValue) }
    }
    /// The parameters, where there are any.
    private var given: Shared<RecipientParameters>?

    /// Makes a recipient.
    public init(_ path: ForwardPath, parameters: RecipientParameters = RecipientParameters()) {
        self.path = path
        self.given = parameters == RecipientParameters() ? nil : Shared(parameters)
    }

    /// Makes a recipient from an address.
    public init(_ address: EmailAddress, parameters: RecipientParameters = RecipientParameters()) {
        self.init(.mailbox(address), parameters: parameters)
    }

    /// Whether RCPT goes without parameters.
    package var hasDefaultParameters: Bool { self.given == nil }
}
