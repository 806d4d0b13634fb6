internal import AsyncSMTP

/// A message and whom it goes to, ready to be sent.
struct Letter: Sendable {
    /// How the message is given.
    enum Form {
        /// It is put together of parts.
        case composed(Message)
        /// It is written already; `keepsFields` says whether Bcc fields go out with it.
        case written(MessageContent, keepsFields: Bool)
    }

    let form: Form
    let envelope: Envelope

    /// Its identifier, where that is known before it is sent.
    var messageID: String? {
        if case .composed(let message) = self.form { message.messageID.value } else { nil }
    }

    /// Sends it.
    func send(over session: SMTPSession) async throws(SMTPError) -> SendReceipt {
        switch self.form {
        case .composed(let message):
            try await session.send(AddressedMessage(message, envelope: self.envelope))
        case .written(let content, keepsFields: true):
            try await session.send(content, envelope: self.envelope)
        case .written(let content, keepsFields: false):
            try await session.send(RawMessage(content, envelope: self.envelope))
        }
    }

    /// The octets that would be sent.
    func octets(_ options: SendOptions) async throws(SMTPError) -> MessageContent {
        switch self.form {
        case .composed(let message):
            try await AddressedMessage(message, envelope: self.envelope).written(options: options).content
        case .written(let content, keepsFields: true):
            try await content.written(for: self.envelope, options: options)
        case .written(let content, keepsFields: false):
            try await RawMessage(content, envelope: self.envelope).written(options: options).content
        }
    }
}
