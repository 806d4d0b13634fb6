internal import SMTPCore

extension SMTPError {
    /// The error for a message that could not be stored.
    init(storing error: any Error) {
        if error is CancellationError {
            self.init(ConnectionFailure.cancelled, stage: .content)
        } else {
            self.init(
                .transportFailed,
                "the message could not be stored: \(PrintableText.escape("\(error)"))",
                stage: .content,
                underlying: error
            )
        }
    }
}
