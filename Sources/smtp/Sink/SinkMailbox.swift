internal import AsyncSMTP
internal import SMTPTestServer
internal import Synchronization

/// Where a sink's messages go: into a maildir if there is one, and onto standard output.
final class SinkMailbox: Sendable {
    private let maildir: MaildirTransport?
    private let printsJSON: Bool
    private let counts = Mutex((messages: 0, octets: 0))

    init(maildir: String?, printsJSON: Bool) {
        self.maildir = maildir.map { MaildirTransport(forReceivedMessagesIn: $0) }
        self.printsJSON = printsJSON
    }

    /// Messages that were taken, and their octets.
    var totals: (messages: Int, octets: Int) { self.counts.withLock { $0 } }

    /// Stores a message and tells about it.
    ///
    /// - Returns: The refusal of a message that cannot be stored; nil for one that is there.
    func take(_ message: SMTPTestServer.ReceivedMessage) async -> String? {
        let file: String?
        do {
            file = try await self.store(message)
        } catch {
            Console.note("smtp: a message cannot be stored: \(error)")
            let isForNow = (error as? SMTPError)?.code == .transportFailed
            return isForNow
                ? "452 4.3.1 The message cannot be stored" : "554 5.6.0 The message cannot be stored"
        }
        self.counts.withLock { counts in
            counts.messages += 1
            counts.octets += message.contentLength
        }
        let report = SinkMessage(message, file: file)
        if self.printsJSON {
            // Text and numbers can always be written.
            try? JSONOutput.print(report)
        } else {
            Console.print(report.line)
        }
        return nil
    }

    private func store(_ message: SMTPTestServer.ReceivedMessage) async throws -> String? {
        guard let maildir else { return nil }
        let envelope = try Envelope(from: message.sender, to: message.recipients.map(\.address))
        let receipt = try await maildir.send(RawMessage(.bytes(message.content), envelope: envelope))
        return receipt.location
    }
}
