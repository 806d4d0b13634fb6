import AsyncSMTP

/// One message of many, told apart by its sender.
struct NumberedLetter: Sendable {
    let sender: String
    let recipients: [String]
    let message: RawMessage

    init(
        _ number: Int,
        to recipients: [String] = ["one@example.net"],
        content: MessageContent? = nil
    ) throws {
        self.sender = "m\(String(number + 1_000_000).dropFirst())@example.org"
        self.recipients = recipients
        self.message = RawMessage(
            content ?? .text("Subject: \(number)\r\n\r\n.dot\r\nend\r\n"),
            envelope: try Envelope(from: self.sender, to: recipients)
        )
    }

    /// So many, from a number.
    static func many(
        _ count: Int,
        from first: Int = 0,
        to recipients: [String] = ["one@example.net"]
    ) throws -> [NumberedLetter] {
        try (first..<first + count).map { try NumberedLetter($0, to: recipients) }
    }
}

extension SMTPClient {
    /// Sends each by a task of its own.
    ///
    /// - Returns: What became of each, in the order of the letters.
    func sendByTasks(_ letters: [NumberedLetter]) async -> [Result<SendReceipt, SMTPError>] {
        await withTaskGroup(of: (Int, Result<SendReceipt, SMTPError>).self) { group in
            for (index, letter) in letters.enumerated() {
                group.addTask {
                    do throws(SMTPError) {
                        return (index, .success(try await self.send(letter.message)))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            var results: [Int: Result<SendReceipt, SMTPError>] = [:]
            for await (index, result) in group { results[index] = result }
            return letters.indices.compactMap { results[$0] }
        }
    }

    /// Sends all by one call.
    ///
    /// - Returns: What became of each, in the order of the letters.
    func sendTogether(_ letters: [NumberedLetter]) async -> [Result<SendReceipt, SMTPError>] {
        var results: [Int: Result<SendReceipt, SMTPError>] = [:]
        for await outcome in self.send(contentsOf: letters.map(\.message)) {
            results[outcome.index] = outcome.result
        }
        return letters.indices.compactMap { results[$0] }
    }
}
