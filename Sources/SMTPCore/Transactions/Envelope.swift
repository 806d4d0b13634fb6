public import MailAddress

/// What a server is told about a message apart from its content: sender, recipients and parameters (RFC 5321
/// section 2.3.1).
public struct Envelope: Sendable, Hashable {
    /// Argument of MAIL.
    public var sender: ReversePath
    /// Recipients in the order of RCPT.
    ///
    /// One that stands here twice is sent once: local parts are compared exactly, domains without regard to
    /// case.
    public var recipients: [Recipient]
    /// Parameters of MAIL.
    public var parameters: MailParameters {
        get { self.given?.value ?? MailParameters() }
        set { self.given = newValue == MailParameters() ? nil : Shared(newValue) }
    }
    /// The parameters, unless all of them take care of themselves.
    private var given: Shared<MailParameters>?

    /// Makes an envelope.
    public init(
        sender: ReversePath,
        recipients: [Recipient],
        parameters: MailParameters = MailParameters()
    ) {
        self.sender = sender
        self.recipients = recipients
        self.given = parameters == MailParameters() ? nil : Shared(parameters)
    }

    /// Whether all parameters of MAIL take care of themselves.
    package var hasDefaultParameters: Bool { self.given == nil }

    /// Makes an envelope from addresses; a nil sender is the null path.
    public init(from sender: EmailAddress?, to recipients: [EmailAddress]) {
        self.init(
            sender: sender.map(ReversePath.mailbox) ?? .null,
            recipients: recipients.map { Recipient($0) }
        )
    }

    /// Makes an envelope from text; an empty sender is the null path.
    ///
    /// - Throws: ``MailAddress/AddressError`` that names the address, the offending octet and its position.
    public init(from sender: String, to recipients: [String]) throws(AddressError) {
        var paths: [Recipient] = []
        for recipient in recipients { paths.append(Recipient(try ForwardPath(recipient))) }
        self.init(sender: try ReversePath(sender), recipients: paths)
    }

    /// Whether an address has a local part outside ASCII.
    package var needsSMTPUTF8: Bool {
        self.sender.address?.needsSMTPUTF8 ?? false
            || self.recipients.contains { $0.path.address?.needsSMTPUTF8 ?? false }
    }

    /// The recipients, each path once, in order.
    package var uniqueRecipients: [Recipient] {
        guard self.recipients.count > 1 else { return self.recipients }
        var seen = Set<ForwardPath>()
        return self.recipients.filter { seen.insert($0.path).inserted }
    }
}
