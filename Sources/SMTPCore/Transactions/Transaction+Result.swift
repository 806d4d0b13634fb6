extension Transaction {
    /// What the replies so far led to.
    ///
    /// - Parameter isContentDelivered: Whether the last octet of the content reached the network. Where it
    ///   did and no final reply came, nobody can tell whether the message was accepted.
    package func result(isContentDelivered: Bool) -> TransactionResult {
        var outcomes: [RecipientOutcome] = []
        var deferred: [Recipient] = []
        outcomes.reserveCapacity(self.recipients.count)
        for (recipient, state) in zip(self.recipients, self.states) {
            if state == .deferred, self.failure == nil {
                deferred.append(recipient)
            } else {
                outcomes.append(self.outcome(of: recipient, state, isContentDelivered))
            }
        }
        return TransactionResult(
            failure: self.failure,
            recipients: outcomes,
            deferred: deferred,
            deferralReply: self.deferralReply,
            finalReply: self.finalReply,
            needsReset: self.needsReset,
            mustClose: self.mustClose,
            distrustsPipelining: self.distrustsPipelining
        )
    }

    private func outcome(
        of recipient: Recipient,
        _ state: RecipientState,
        _ isContentDelivered: Bool
    ) -> RecipientOutcome {
        func make(_ disposition: RecipientOutcome.Disposition, _ reply: Reply?, _ stage: Stage)
            -> RecipientOutcome
        {
            RecipientOutcome(recipient: recipient.path, disposition: disposition, reply: reply, stage: stage)
        }
        switch state {
        case .decided(let reply):
            return make(reply.code.isPositive ? .accepted : .refused(by: reply), reply, .finalReply)
        case .refused(let reply):
            return make(.refused(by: reply), reply, .rcpt)
        case .open, .accepted, .deferred:
            if let failure = self.failure, failure.reason.concernsEveryRecipient,
                let reply = failure.reply, reply.code.isNegative
            {
                return make(.refused(by: reply), reply, failure.stage)
            }
            // With BDAT the content may be there before the reply to RCPT is.
            let isUnknown = state != .deferred && self.content == .written && isContentDelivered
            return make(isUnknown ? .unknown : .notAccepted, nil, self.currentStage)
        }
    }
}
