import SMTPCore
import Testing

@testable import AsyncSMTP

/// A message that has nothing in it that needs an extension.
let shortMessage = "Subject: x\r\n\r\nhello\r\n"

extension Peer {
    /// Begins to send a message from `a@client.example`.
    func beginSend(
        _ content: MessageContent = .text(shortMessage),
        to recipients: [String] = ["b@x.example"],
        options: SendOptions? = nil
    ) async throws -> Task<SendReceipt, any Error> {
        let envelope = try Envelope(from: "a@client.example", to: recipients)
        return await self.begin { try await $0.send(content, envelope: envelope, options: options) }
    }

    /// Begins to send content that comes piece by piece from the test.
    func beginSend(
        _ source: ContentSource,
        to recipients: [String] = ["b@x.example"],
        options: SendOptions? = nil
    ) async throws -> Task<SendReceipt, any Error> {
        try await self.beginSend(.stream(source), to: recipients, options: options)
    }

    /// The envelope of one recipient, command by command, until the server asks for the content.
    func answerEnvelope(recipients: [String] = ["b@x.example"]) async throws {
        try await self.answer("MAIL FROM:<a@client.example>", with: "250 sender")
        for recipient in recipients { try await self.answer("RCPT TO:<\(recipient)>", with: "250 recipient") }
        try await self.answer("DATA", with: "354 go")
    }

    /// A whole message, command by command.
    func answerMessage(with reply: String = "250 queued") async throws {
        try await self.answerEnvelope()
        try await self.answer(shortMessage + ".", with: reply)
    }
}
