import AsyncSMTP
import Foundation

/// Sends the same letter by every transport that stays on this machine; by sendmail only with the argument `sendmail`, since
/// that one may carry it further.
@main
struct Transports {
    static func main() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "transports").path()
        try await self.register(directory)
        try await self.store(directory)
        try await self.deliver(directory)
        if CommandLine.arguments.contains("sendmail") { try await self.submit() }
    }

    static func register(_ directory: String) async throws {
        let mail = MemoryTransport()
        let registration = Registration(mail: mail)

        try await registration.register("ann@example.org")
        let message = try await mail.next()
        print(message.envelope.recipients.map(\.path), message.text.contains("Welcome"))

        mail.fail(next: .timedOut, acceptance: .unknown)
        do {
            try await registration.register("bob@example.org")
        } catch let error as SMTPError {
            print(error.retryAdvice)
        }
    }

    static func store(_ directory: String) async throws {
        let mail = FileTransport(directory: directory)
        let receipt = try await mail.send(try Registration.letter(to: "ann@example.org"))
        print(receipt.location ?? "", receipt.octets)
    }

    static func deliver(_ directory: String) async throws {
        let mail = MaildirTransport(directory: "\(directory)/Maildir")
        let receipt = try await mail.send(try Registration.letter(to: "ann@example.org"))
        print(receipt.location ?? "")
    }

    static func submit() async throws {
        let mail = SendmailTransport(path: "/usr/sbin/sendmail", arguments: ["-i"])
        do {
            try await mail.send(try Registration.letter(to: "ann@example.org"))
        } catch let error as SMTPError {
            print(error.acceptance, error.message)
        }
    }
}
