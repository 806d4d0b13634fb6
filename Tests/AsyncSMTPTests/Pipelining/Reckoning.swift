import AsyncSMTP
import SMTPTestServer

/// What a server stored, against what a client reports about its messages.
struct Reckoning: Sendable {
    private let stored: [String: [[String]]]

    init(_ messages: some Sequence<SMTPTestServer.ReceivedMessage>) {
        self.stored = Dictionary(grouping: messages, by: \.sender).mapValues { $0.map(\.addresses) }
    }

    /// Times a message was stored for a recipient.
    func count(_ sender: String, _ recipient: String) -> Int {
        self.stored[sender, default: []].reduce(0) { $0 + ($1.contains(recipient) ? 1 : 0) }
    }

    /// Where the report about a message does not agree with the server; empty for the truth.
    ///
    /// Accepted means stored exactly once, not accepted or refused means not stored, unknown means either.
    func contradictions(_ result: Result<SendReceipt, SMTPError>, of letter: NumberedLetter) -> [String] {
        let outcomes: [RecipientOutcome]
        let isUnknown: Bool
        switch result {
        case .success(let receipt): (outcomes, isUnknown) = (receipt.recipients, false)
        case .failure(let error): (outcomes, isUnknown) = (error.recipients, error.acceptance == .unknown)
        }
        var found: [String] = []
        for address in letter.recipients {
            let count = self.count(letter.sender, address)
            let of = outcomes.filter { $0.recipient.address?.wireForm == address }
            let isRight: Bool
            switch of.first?.disposition {
            case .accepted: isRight = count == 1
            case .unknown: isRight = count <= 1
            case .notAccepted, .refusedTemporarily, .refusedPermanently: isRight = count == 0
            case nil: isRight = outcomes.isEmpty && (isUnknown ? count <= 1 : count == 0)
            }
            if !isRight || of.count > 1 {
                found.append("\(letter.sender) to \(address) stored \(count) times: \(result)")
            }
        }
        return found
    }
}
