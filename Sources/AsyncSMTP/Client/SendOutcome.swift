/// What became of one message of many.
public struct SendOutcome: Sendable {
    /// Place of the message in what was given, from 0.
    public let index: Int
    /// What the server said, or why the message was not sent, or why that is not known.
    public let result: Result<SendReceipt, SMTPError>

    /// What the server said about each recipient; nil when nobody accepted the message.
    public var receipt: SendReceipt? { try? self.result.get() }

    /// Why the message was not sent, or why that is not known; nil when it was accepted.
    public var error: SMTPError? {
        if case .failure(let error) = self.result { error } else { nil }
    }
}
