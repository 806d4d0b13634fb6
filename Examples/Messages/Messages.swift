import AsyncSMTP
import Foundation
import SMTPTestServer

/// Sends each kind of mail in `Letters` to a server inside this program, and shows what arrived.
@main
struct Messages {
    static func main() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "report-\(UUID()).pdf")
        try Data("not really a report".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let plain = try Letters.plain()
        let messages: [Message] = [
            plain,
            try Letters.html(),
            try Letters.attachments(report: file.path(percentEncoded: false)),
            try Letters.picture([0x89, 0x50, 0x4E, 0x47]),
            try Letters.invitation("BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"),
            try Letters.newsletter(to: "bob@example.net", leave: "k3jq0"),
            try Letters.marked(),
            try Letters.digest(of: [plain]),
            try Letters.flowed(
                "Once upon a time there was a line that was much longer than any screen is wide."
            ),
            try Letters.holidayNote(
                to: Array("From: bob@example.net\r\nSubject: Are you there?\r\n\r\n".utf8),
                from: Mailbox(try EmailAddress("office@example.org"))
            ),
            try Letters.stream({ AsyncStream { $0.finish() } }, length: 0),
        ].compactMap(\.self)
        try await SMTPTestServer.withServer { server in
            let place = try SMTPServer(host: server.host, port: server.port, tls: .plaintext)
            try await SMTPClient.withClient(place, configuration: try Self.configuration()) { client in
                for await outcome in client.send(contentsOf: messages) {
                    if let error = outcome.error { print(messages[outcome.index].subject, error) }
                }
            }
            for message in server.messages { Self.show(message) }
        }
    }

    /// Every message signed, and answers to one place.
    private static func configuration() throws -> SMTPConfiguration {
        let key = try DKIMKey.generate(.ed25519SHA256)
        var configuration = SMTPConfiguration()
        configuration.sending.dkim = [try DKIMSigner(domain: "example.org", selector: "s1", key: key)]
        configuration.messageDefaults.replyTo = [Mailbox(try EmailAddress("office@example.org"))]
        return configuration
    }

    /// Prints the subject and the types of the parts.
    private static func show(_ message: SMTPTestServer.ReceivedMessage) {
        let lines = message.text.split(separator: "\r\n")
        let subject = lines.first { $0.hasPrefix("Subject: ") } ?? "without a subject"
        let types = lines.filter { $0.hasPrefix("Content-Type: ") }
            .map { $0.dropFirst("Content-Type: ".count).prefix { $0 != ";" } }
        print("\(subject): \(types.joined(separator: ", "))")
    }
}
