internal import MailMessage
internal import NIOCore
internal import SMTPCore

/// Message about to be sent: envelope and content, and what was found out about it beforehand.
final class PreparedMessage: Sendable {
    /// Fields that are never sent by ``SMTPClient``: they would tell every recipient about the hidden ones.
    static let hiddenFields: Set<String> = ["bcc", "resent-bcc"]

    /// Octets up to which content in memory is looked at where it is asked for, and shares a write with
    /// commands.
    static let maximumSmallLength = 64 * 1024

    let envelope: Envelope
    let content: MessageContent
    let options: SendOptions
    let survey: ContentSurvey
    let droppedFields: Set<String>
    let messageID: String?
    /// The octets, where they are in memory and few.
    let wire: WireContent?

    private init(
        _ message: RawMessage,
        _ findings: ContentFindings,
        options: SendOptions,
        dropping droppedFields: Set<String>
    ) throws(SMTPError) {
        if let envelope = message.envelope {
            self.envelope = envelope
        } else {
            guard message.content.isRereadable else {
                throw SMTPError(
                    .invalidArgument,
                    "content that can only be read once needs an envelope",
                    stage: .preparation
                )
            }
            self.envelope = try Envelope(header: findings.header)
        }
        guard !self.envelope.recipients.isEmpty else {
            throw SMTPError(.invalidArgument, "the envelope has no recipient", stage: .preparation)
        }
        self.content = message.content
        self.options = options
        self.survey = findings.survey
        self.droppedFields = droppedFields
        self.messageID = findings.messageID
        self.wire = findings.wire
    }

    private init(_ other: PreparedMessage, _ recipients: [Recipient]) {
        var envelope = other.envelope
        envelope.recipients = recipients
        self.envelope = envelope
        self.content = other.content
        self.options = other.options
        self.survey = other.survey
        self.droppedFields = other.droppedFields
        self.messageID = other.messageID
        self.wire = other.wire
    }

    /// The same message for some of its recipients.
    func addressed(to recipients: [Recipient]) -> PreparedMessage {
        PreparedMessage(self, recipients)
    }

    /// Looks at content that can be read again before the first command is sent; content that can be read
    /// once is looked at while it is sent.
    ///
    /// Small content is looked at faster than a task can change threads; large content must not keep the event
    /// loop from its other connections.
    ///
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/invalidMessage``, ``SMTPError/Code/contentSourceFailed``
    ///   or ``SMTPError/Code/invalidArgument``; nothing was sent.
    static func prepare(
        _ message: RawMessage,
        options: SendOptions,
        dropping droppedFields: Set<String>
    ) async throws(SMTPError) -> PreparedMessage {
        if let small = try Self.prepareSmall(message, options: options, dropping: droppedFields) {
            return small
        }
        let findings: ContentFindings
        do {
            findings =
                message.content.isRereadable
                ? try await Self.findElsewhere(message, options, droppedFields)
                : ContentFindings(unreadSize: message.content.givenLength)
        } catch {
            throw Self.error(error)
        }
        return try PreparedMessage(message, findings, options: options, dropping: droppedFields)
    }

    /// The same for content that is in memory and small, at once; nil for all other.
    static func prepareSmall(
        _ message: RawMessage,
        options: SendOptions,
        dropping droppedFields: Set<String>
    ) throws(SMTPError) -> PreparedMessage? {
        guard case .buffer(let octets, let memo) = message.content.source,
            octets.readableBytes <= Self.maximumSmallLength
        else { return nil }
        let rules = options.contentRules
        let isBinary = message.isBinary
        let findings: ContentFindings
        if !isBinary,
            let known = KnownFindings.findings(in: memo, droppedFields: droppedFields, rules: rules)
        {
            findings = known
        } else {
            do {
                findings = try ContentFindings(
                    octets,
                    rules: rules,
                    isBinary: isBinary,
                    dropping: droppedFields
                )
            } catch {
                throw Self.error(error)
            }
            if !isBinary {
                KnownFindings.keep(findings, in: memo, droppedFields: droppedFields, rules: rules)
            }
        }
        return try PreparedMessage(message, findings, options: options, dropping: droppedFields)
    }

    private static func error(_ error: any Error) -> SMTPError {
        switch error {
        case let error as ContentError: SMTPError(error, stage: .preparation)
        case is CancellationError: SMTPError(ConnectionFailure.cancelled, stage: .preparation)
        default:
            SMTPError(
                .contentSourceFailed,
                "the content could not be read: \(PrintableText.escape("\(error)"))",
                stage: .preparation,
                underlying: error
            )
        }
    }

    @concurrent
    private static func findElsewhere(
        _ message: RawMessage,
        _ options: SendOptions,
        _ droppedFields: Set<String>
    ) async throws -> ContentFindings {
        let rules = options.contentRules
        guard case .file(let path, let memo) = message.content.source, !message.isBinary else {
            return try await ContentFindings(
                reading: message.content,
                rules: rules,
                isBinary: message.isBinary,
                dropping: droppedFields
            )
        }
        // Taken before the file is read: a change that comes later is noticed the next time.
        let file = try await FileIdentity(path: path)
        if file != nil,
            let known = KnownFindings.findings(
                in: memo,
                droppedFields: droppedFields,
                rules: rules,
                file: file
            )
        {
            return known
        }
        let findings = try await ContentFindings(
            reading: message.content,
            rules: rules,
            isBinary: false,
            dropping: droppedFields
        )
        KnownFindings.keep(findings, in: memo, droppedFields: droppedFields, rules: rules, file: file)
        return findings
    }

    /// Octets the message holds in memory.
    var memory: Int { Int(clamping: self.content.heldLength) }

    /// Whether the message can be one of several in flight on a connection: it is small, in memory, and what
    /// becomes of one recipient does not decide about the others.
    var canShareConnection: Bool {
        self.wire != nil && self.options.pipelining == .session && !self.options.requiresAllRecipients
            && self.envelope.recipients.count <= self.options.maximumRecipients
            && self.envelope.parameters.body.map { $0 != .require(.binaryMIME) && $0 != .prefer(.binaryMIME) }
                ?? true
    }
}

extension RawMessage {
    /// Whether the octets must go out as they are.
    fileprivate var isBinary: Bool {
        if case .require(.binaryMIME) = self.envelope?.parameters.body { true } else { false }
    }
}
