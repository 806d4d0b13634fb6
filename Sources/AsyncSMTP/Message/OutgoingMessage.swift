/// What can be sent: a ``Message``, a ``RawMessage``, an ``AddressedMessage``, or a type of your own that makes one.
///
/// ```swift
/// struct Welcome: OutgoingMessage {
///     let user: User
///     var form: MessageForm {
///         get throws { try .composed(Message(from: "…", to: user.address, subject: "Welcome", text: "…")) }
///     }
/// }
/// ```
public protocol OutgoingMessage: Sendable {
    /// The message to send, asked for once for each sending.
    ///
    /// What it throws is reported as ``SMTPError/Code/invalidMessage``, with nothing sent, unless it is an
    /// ``SMTPError`` itself.
    var form: MessageForm { get throws }
}
