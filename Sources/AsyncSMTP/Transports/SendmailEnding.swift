#if canImport(Subprocess)
internal import SMTPCore

/// Why a program is ended before it ends itself.
enum SendmailEnding: Sendable {
    /// The task was cancelled.
    case cancelled
    /// It took longer than this.
    case timedOut(Duration)
    /// The rest of the content cannot be read.
    case contentFailed(SMTPError)

    /// The error of a send that ended so.
    func error(_ acceptance: Acceptance, _ detail: String = "") -> SMTPError {
        switch self {
        case .cancelled:
            SMTPError(ConnectionFailure.cancelled, stage: .content, acceptance: acceptance)
        case .timedOut(let limit):
            SMTPError(
                .timedOut,
                "the program took longer than \(limit)\(detail)",
                stage: acceptance == .unknown ? .finalReply : .content,
                acceptance: acceptance
            )
        case .contentFailed(let error):
            SMTPError(
                error.code,
                error.message,
                stage: error.stage,
                underlying: error.underlying,
                acceptance: acceptance
            )
        }
    }
}
#endif
