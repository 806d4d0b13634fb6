internal import SMTPCore

extension SMTPError {
    /// The error for a message that could not be stored, or is not known to be.
    init(storing error: any Error, acceptance: Acceptance = .notAccepted) {
        if error is CancellationError {
            self.init(ConnectionFailure.cancelled, stage: .content)
        } else {
            let verb = acceptance == .unknown ? "may not have been" : "could not be"
            self.init(
                .transportFailed,
                "the message \(verb) stored: \(PrintableText.escape("\(error)"))",
                stage: .content,
                underlying: error,
                acceptance: acceptance
            )
        }
    }
}
