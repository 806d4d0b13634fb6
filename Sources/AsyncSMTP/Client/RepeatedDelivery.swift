internal import MailAddress
internal import NIOCore
internal import SMTPCore

/// A message that is offered more than once: what came of it so far, and whom it is still to be offered.
struct RepeatedDelivery: Sendable {
    private let policy: RetryPolicy
    private let start: NIODeadline
    private let original: PreparedMessage
    private var outcomes: [ForwardPath: RecipientOutcome] = [:]
    private var receipt: SendReceipt?
    private var transactions = 0
    private(set) var lastError: SMTPError?
    /// What is offered next.
    private(set) var message: PreparedMessage
    /// Attempts so far; those with several servers count as one.
    private(set) var attempts = 1

    init(_ message: PreparedMessage, policy: RetryPolicy, start: NIODeadline) {
        self.original = message
        self.message = message
        self.policy = policy
        self.start = start
    }

    /// Takes what an attempt led to.
    mutating func take(_ result: Result<SendReceipt, SMTPError>) {
        switch result {
        case .success(let receipt):
            self.receipt = receipt
            self.transactions += receipt.transactions
            self.lastError = nil
            self.take(receipt.recipients)
        case .failure(let error):
            self.lastError = error
            self.take(error.recipients)
        }
    }

    private mutating func take(_ outcomes: [RecipientOutcome]) {
        for outcome in outcomes {
            // What may have been accepted once is not made undone by a later refusal.
            let former = self.outcomes[outcome.recipient]?.disposition
            if former == .unknown, outcome.disposition != .accepted { continue }
            self.outcomes[outcome.recipient] = outcome
        }
    }

    /// Time to wait before the next attempt; nil when there is to be none.
    mutating func next(now: NIODeadline, random: Double) -> Duration? {
        let elapsed = now.since(self.start)
        let offered = self.message.envelope.recipients
        let again: [Recipient]
        let delay: Duration
        if let error = self.lastError {
            guard
                case .retry(let after) = self.policy.decision(
                    after: error,
                    attempt: self.attempts,
                    elapsed: elapsed,
                    random: random
                )
            else { return nil }
            delay = after
            let repeated = Set(error.recipients.filter(self.policy.repeats).map(\.recipient))
            again = error.recipients.isEmpty ? offered : offered.filter { repeated.contains($0.path) }
        } else {
            let open = offered.compactMap { self.outcomes[$0.path] }.filter { $0.disposition != .accepted }
            guard
                let retry = self.policy.decision(
                    forRefused: open,
                    attempt: self.attempts,
                    elapsed: elapsed,
                    random: random
                )
            else { return nil }
            delay = retry.delay
            let repeated = Set(retry.recipients)
            again = offered.filter { repeated.contains($0.path) }
        }
        guard !again.isEmpty, self.message.content.isRereadable else { return nil }
        self.attempts += 1
        self.message = self.original.addressed(to: again)
        return delay
    }

    /// What all attempts together led to.
    var result: Result<SendReceipt, SMTPError> {
        let recipients = self.original.envelope.uniqueRecipients.compactMap { self.outcomes[$0.path] }
        let isDecided = recipients.allSatisfy { $0.disposition != .unknown }
        if let receipt = self.receipt, isDecided || self.lastError == nil {
            return .success(receipt.telling(recipients, transactions: self.transactions))
        }
        guard let error = self.lastError else {
            return .failure(
                SMTPError(
                    .recipientsRefused,
                    "no recipient was accepted",
                    stage: .rcpt,
                    recipients: recipients
                )
            )
        }
        return .failure(error.telling(recipients))
    }
}

extension SendReceipt {
    /// The same, with outcomes of other attempts too.
    fileprivate func telling(_ recipients: [RecipientOutcome], transactions: Int) -> SendReceipt {
        SendReceipt(
            recipients: recipients,
            finalReply: self.finalReply,
            messageID: self.messageID,
            negotiation: self.negotiation,
            timings: self.timings,
            octets: self.octets,
            transactions: transactions
        )
    }
}

extension SMTPError {
    /// The same, with outcomes of other attempts too.
    fileprivate func telling(_ recipients: [RecipientOutcome]) -> SMTPError {
        guard recipients.count > self.recipients.count else { return self }
        return SMTPError(
            self.code,
            self.message,
            stage: self.stage,
            reply: self.reply,
            underlying: self.underlying,
            recipients: recipients,
            sender: self.sender
        )
    }
}
