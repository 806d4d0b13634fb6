internal import MailMessage
internal import SMTPCore

/// A composed message and what it was rendered for, kept so that it can be rendered for less.
struct Composition: Sendable {
    /// The message, with what all messages of the client have in common.
    private let message: Message
    private let envelope: Envelope
    /// What the way may be asked for.
    private let capability: TransferCapability

    /// Takes a message as it was given.
    ///
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/invalidMessage``.
    init(_ message: Message, envelope: Envelope?, _ preparation: Preparation) throws(SMTPError) {
        do {
            self.message = try preparation.defaults.applied(to: message)
        } catch {
            throw SMTPError(making: error)
        }
        let isGiven = envelope != nil
        let taken = if let envelope { envelope } else { try Envelope(of: self.message) }
        self.envelope = preparation.defaults.applied(to: taken, isGiven: isGiven, isComposed: true)
        self.capability = preparation.capability
    }

    private init(_ other: Composition, _ capability: TransferCapability) {
        self.message = other.message
        self.envelope = other.envelope
        self.capability = capability
    }

    /// The same message for a way that can carry less; nil where there is none.
    var weaker: Composition? {
        TransferCapability(rawValue: self.capability.rawValue - 1).map { Composition(self, $0) }
    }

    /// The message as octets, if all it is made of is in memory and small.
    func renderAtOnce() throws(SMTPError) -> RawMessage? {
        do throws(MessageError) {
            return try self.message.renderedAtOnce(for: self.capability).map(self.addressed)
        } catch {
            throw SMTPError(error)
        }
    }

    /// The message as octets.
    ///
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/invalidMessage`` or ``SMTPError/Code/contentSourceFailed``.
    @concurrent
    func render() async throws(SMTPError) -> RawMessage {
        do {
            return self.addressed(try await self.message.rendered(for: self.capability))
        } catch let error as MessageError {
            throw SMTPError(error)
        } catch {
            throw SMTPError(reading: error)
        }
    }

    private func addressed(_ rendered: RenderedMessage) -> RawMessage {
        var envelope = self.envelope
        if rendered.needs == .binary { envelope.parameters.body = .require(.binaryMIME) }
        return RawMessage(rendered.content, envelope: envelope)
    }
}
