public import MailAddress
public import MailMessage
internal import SMTPCore

/// What all messages of a client have in common.
///
/// Everything but ``envelopeSender`` and ``redirection`` concerns composed messages alone.
public struct MessageDefaults: Sendable {
    /// Author of messages that have none.
    public var from: Mailbox?
    /// Where answers go, for messages that do not say.
    public var replyTo: [Mailbox] = []
    /// Recipients of every composed message, whatever its envelope, whom nobody is told about: an archive, say.
    public var bcc: [Mailbox] = []
    /// Fields for messages that have none of that name.
    public var fields = HeaderFields()
    /// How messages came about that do not say.
    public var autoSubmitted: Message.AutoSubmitted?
    /// Changes each message, after everything above.
    ///
    /// It may be called more than once for a message, and must do the same each time.
    public var customize: (@Sendable (inout Message) throws -> Void)?
    /// Where reports of failed delivery go, for messages without an envelope; nil takes the author or the sender.
    public var envelopeSender: EmailAddress?
    /// Where every message goes in place of its recipients, whoever chose them; empty sends to the recipients.
    ///
    /// For a system that is being tried and must not write to real people. Header fields stay as they are.
    public var redirection: [EmailAddress] = []

    /// Nothing in common.
    public init() {}

    /// A message with what all have in common.
    ///
    /// - Throws: What ``customize`` throws.
    func applied(to message: Message) throws -> Message {
        var message = message
        if message.from.isEmpty, let from { message.from = [from] }
        if message.replyTo.isEmpty { message.replyTo = self.replyTo.map(AddressListEntry.mailbox) }
        if message.autoSubmitted == nil { message.autoSubmitted = self.autoSubmitted }
        let present = message.presentFields
        for field in self.fields where !present.contains(field.name) { message.fields.append(field) }
        try self.customize?(&message)
        return message
    }

    /// What concerns messages whose envelope somebody else wrote.
    var redirectionAlone: MessageDefaults {
        var defaults = MessageDefaults()
        defaults.redirection = self.redirection
        return defaults
    }

    /// The envelope of a message as it is used.
    ///
    /// - Parameters:
    ///   - isGiven: Whether the caller wrote it.
    ///   - isComposed: Whether the message is composed.
    func applied(to envelope: Envelope, isGiven: Bool, isComposed: Bool) -> Envelope {
        let addsRecipients = isComposed && !self.bcc.isEmpty
        guard (self.envelopeSender != nil && !isGiven) || !self.redirection.isEmpty || addsRecipients else {
            return envelope
        }
        var envelope = envelope
        if isComposed { envelope.recipients += self.bcc.map { Recipient($0.address) } }
        if !isGiven, let envelopeSender { envelope.sender = .mailbox(envelopeSender) }
        if !self.redirection.isEmpty { envelope.recipients = self.redirection.map { Recipient($0) } }
        return envelope
    }
}
