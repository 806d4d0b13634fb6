public import MailMessage
public import SMTPCore

/// Message that is written already: the octets of RFC 5322, and who they go to.
public struct RawMessage: Sendable {
    /// Sender and recipients; nil takes them from the header.
    public var envelope: Envelope?
    /// Header and body.
    public var content: MessageContent

    /// Makes a message.
    ///
    /// - Parameters:
    ///   - content: Header and body. A Bcc or Resent-Bcc field is never sent, whoever made the envelope.
    ///   - envelope: Sender and recipients. Nil takes them from the header by RFC 5322 section 3.6: the
    ///     sender from Sender or From, the recipients from To, Cc and Bcc, or all from the Resent- fields if
    ///     there is one block of them. A header with several such blocks, or with several authors and no
    ///     Sender, does not tell, and is an error.
    public init(_ content: MessageContent, envelope: Envelope? = nil) {
        self.content = content
        self.envelope = envelope
    }
}
