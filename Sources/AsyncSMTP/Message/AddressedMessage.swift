public import MailMessage
public import SMTPCore

/// A composed message with an envelope of its own: other recipients than it names, or parameters for them.
///
/// ```swift
/// var envelope = try Envelope(of: message)
/// envelope.parameters.returnContent = .prefer(.headers)
/// try await client.send(AddressedMessage(message, envelope: envelope))
/// ```
public struct AddressedMessage: OutgoingMessage {
    /// The message.
    public var message: Message
    /// Sender, recipients and parameters.
    public var envelope: Envelope

    /// Makes a message with an envelope.
    public init(_ message: Message, envelope: Envelope) {
        self.message = message
        self.envelope = envelope
    }

    /// The message with its envelope.
    public var form: MessageForm { .composed(self.message, envelope: self.envelope) }
}
