import AsyncSMTP

/// What sends mail, and does not know how.
struct Registration: Sendable {
    let mail: any MailTransport

    func register(_ address: String) async throws {
        try await self.mail.send(try Self.letter(to: address))
    }

    static func letter(to address: String) throws -> Message {
        try Message(
            from: "The Editors <editors@example.org>",
            to: address,
            subject: "Welcome",
            text: "Nice to have you with us."
        )
    }
}
