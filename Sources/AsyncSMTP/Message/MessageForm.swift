public import MailMessage
public import SMTPCore

/// The two ways a message is given.
public enum MessageForm: Sendable {
    /// Octets that are sent as they are.
    case written(RawMessage)
    /// Parts that are put together when it is sent; a nil envelope is taken from its properties.
    indirect case composed(Message, envelope: Envelope? = nil)
}

extension RawMessage: OutgoingMessage {
    /// This message.
    public var form: MessageForm { .written(self) }
}

extension Message: OutgoingMessage {
    /// This message, to whom its properties say.
    public var form: MessageForm { .composed(self) }
}
