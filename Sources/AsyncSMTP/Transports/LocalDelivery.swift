internal import MailMessage
internal import SMTPCore

/// A message on its way to a place on this machine: looked at, its parameters settled.
struct LocalDelivery: Sendable {
    /// A recipient, and the parameters RCPT would have.
    struct Addressee: Sendable {
        let path: ForwardPath
        let parameters: [ESMTPParameter]
    }

    let message: PreparedMessage
    /// Parameters that MAIL would have.
    let parameters: [ESMTPParameter]
    /// Each recipient once.
    let recipients: [Addressee]

    /// Makes a message ready.
    ///
    /// - Parameters:
    ///   - droppedFields: Names of header fields to leave out, lower case.
    ///   - reach: What the transport can do with parameters.
    /// - Throws: ``SMTPError`` as ``PreparedMessage/prepare(_:_:)`` does, and with ``SMTPError/Code/notSupported`` for a
    ///   required parameter that is out of reach; nothing was stored.
    init(
        _ message: some OutgoingMessage,
        options: SendOptions,
        defaults: MessageDefaults,
        dropping droppedFields: Set<String> = Preparation.hiddenFields,
        reach: LocalReach
    ) async throws(SMTPError) {
        var options = options
        // Lines are kept as lines, so binary content would not stay what it is.
        if options.maximumCapability == .binary { options.maximumCapability = .eightBit }
        let prepared = try await PreparedMessage.prepare(
            try PreparedMessage.form(of: message),
            Preparation(
                options,
                defaults: defaults,
                dropping: droppedFields
            )
        )
        let envelope = prepared.envelope
        let extensions = reach.extensions(for: envelope)
        do throws(NegotiationError) {
            self.parameters = try envelope.parameters.resolve(
                in: MailParameters.Context(
                    extensions: extensions,
                    content: prepared.survey,
                    addressNeedsSMTPUTF8: envelope.needsSMTPUTF8,
                    isVerifiedTLS: true
                )
            )
            var recipients: [Addressee] = []
            for recipient in envelope.uniqueRecipients {
                let parameters = try recipient.parameters.resolve(for: recipient.path, with: extensions)
                recipients.append(Addressee(path: recipient.path, parameters: parameters))
            }
            self.recipients = recipients
        } catch {
            throw SMTPError(.notSupported, Self.reason(error), stage: .preparation, underlying: error)
        }
        self.message = prepared
    }

    private static func reason(_ error: NegotiationError) -> String {
        guard case .notOffered(let keyword) = error.reason else { return "\(error)" }
        let base = "this transport does not know \(keyword)"
        return error.need.map { "\(base), which is needed for \($0)" } ?? base
    }

    /// - Throws: ``SMTPError`` with ``SMTPError/Code/cancelled``.
    static func checkCancellation() throws(SMTPError) {
        guard !Task.isCancelled else { throw SMTPError(ConnectionFailure.cancelled, stage: .content) }
    }
}
