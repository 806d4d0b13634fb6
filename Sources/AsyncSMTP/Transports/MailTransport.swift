/// A way to hand messages over: ``SMTPClient``, or one of those that stay on this machine.
///
/// What sends mail holds one, and a test puts another in its place:
///
/// ```swift
/// struct Registration: Sendable {
///     let mail: any MailTransport
/// }
/// ```
public protocol MailTransport<Receipt>: Sendable {
    /// What is known about a message that was taken.
    associatedtype Receipt: DeliveryReceipt

    /// Hands a message over.
    ///
    /// - Parameters:
    ///   - message: What to send.
    ///   - options: How; nil takes what the transport was made with.
    /// - Returns: For whom it was taken.
    /// - Throws: ``SMTPError`` when it was taken for nobody, or when that is not known; ``SMTPError/acceptance`` tells
    ///   which.
    @discardableResult
    func send(_ message: some OutgoingMessage, options: SendOptions?) async throws(SMTPError) -> Receipt
}

extension MailTransport {
    /// Hands a message over as the transport was made to.
    ///
    /// - Throws: ``SMTPError`` as ``send(_:options:)`` does.
    @discardableResult
    public func send(_ message: some OutgoingMessage) async throws(SMTPError) -> Receipt {
        try await self.send(message, options: nil)
    }
}

extension SMTPClient: MailTransport {}
