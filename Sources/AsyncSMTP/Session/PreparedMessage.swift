internal import DKIM
internal import MailMessage
internal import NIOCore
internal import SMTPCore

/// Message about to be sent: envelope and content, and what was found out about it beforehand.
final class PreparedMessage: Sendable {
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
    /// What it was rendered from, if it was.
    private let composition: Composition?

    private init(
        _ message: RawMessage,
        _ findings: ContentFindings,
        _ preparation: Preparation,
        _ composition: Composition?
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
            let envelope = try Envelope(header: findings.header)
            self.envelope = preparation.defaults.applied(
                to: envelope,
                isGiven: false,
                isComposed: false
            )
        }
        guard !self.envelope.recipients.isEmpty else {
            throw SMTPError(.invalidArgument, "the envelope has no recipient", stage: .preparation)
        }
        self.content = message.content
        self.options = preparation.options
        self.survey = findings.survey
        self.droppedFields = preparation.droppedFields
        self.messageID = findings.messageID
        self.wire = findings.wire
        self.composition = composition
    }

    private init(_ other: PreparedMessage, _ envelope: Envelope) {
        self.envelope = envelope
        self.content = other.content
        self.options = other.options
        self.survey = other.survey
        self.droppedFields = other.droppedFields
        self.messageID = other.messageID
        self.wire = other.wire
        self.composition = other.composition
    }

    /// The same message for some of its recipients.
    func addressed(to recipients: [Recipient]) -> PreparedMessage {
        var envelope = self.envelope
        envelope.recipients = recipients
        return PreparedMessage(self, envelope)
    }

    /// Asks a message of any type for what is to be sent.
    ///
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/invalidMessage`` where it throws anything else.
    static func form(of message: some OutgoingMessage) throws(SMTPError) -> MessageForm {
        do { return try message.form } catch { throw SMTPError(making: error) }
    }

    /// Renders, signs and looks at a message before the first command is sent; content that can be read once is
    /// looked at while it is sent.
    ///
    /// Small content is looked at faster than a task can change threads; large content must not keep the event
    /// loop from its other connections.
    ///
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/invalidMessage``, ``SMTPError/Code/contentSourceFailed``
    ///   or ``SMTPError/Code/invalidArgument``; nothing was sent.
    static func prepare(
        _ form: MessageForm,
        _ preparation: Preparation
    ) async throws(SMTPError) -> PreparedMessage {
        switch form {
        case .written(let message):
            return try await Self.prepare(Self.readdressed(message, preparation), preparation, nil)
        case .composed(let message, let envelope):
            let composition = try Composition(message, envelope: envelope, preparation)
            let rendered: RawMessage
            if let small = try composition.renderAtOnce() {
                rendered = small
            } else {
                rendered = try await composition.render()
            }
            return try await Self.prepare(rendered, preparation, composition)
        }
    }

    /// The same for what is in memory and small and is not signed, at once; nil for all other.
    static func prepareSmall(
        _ form: MessageForm,
        _ preparation: Preparation
    ) throws(SMTPError) -> PreparedMessage? {
        guard preparation.options.dkim.isEmpty else { return nil }
        switch form {
        case .written(let message):
            return try Self.prepareSmall(Self.readdressed(message, preparation), preparation, nil)
        case .composed(let message, let envelope):
            let composition = try Composition(message, envelope: envelope, preparation)
            guard let rendered = try composition.renderAtOnce() else { return nil }
            return try Self.prepareSmall(rendered, preparation, composition)
        }
    }

    /// A message that is written already, to where all of them go.
    private static func readdressed(_ message: RawMessage, _ preparation: Preparation) -> RawMessage {
        guard let envelope = message.envelope, !preparation.defaults.redirection.isEmpty else {
            return message
        }
        return RawMessage(
            message.content,
            envelope: preparation.defaults.applied(to: envelope, isGiven: true, isComposed: false)
        )
    }

    private static func prepare(
        _ message: RawMessage,
        _ preparation: Preparation,
        _ composition: Composition?
    ) async throws(SMTPError) -> PreparedMessage {
        var message = message
        if !preparation.options.dkim.isEmpty {
            message.content = try await SignedContent.sign(message, preparation)
        }
        if let small = try Self.prepareSmall(message, preparation, composition) { return small }
        let findings: ContentFindings
        do {
            findings =
                message.content.isRereadable
                ? try await Self.findElsewhere(message, preparation)
                : ContentFindings(unreadSize: message.content.givenLength)
        } catch {
            throw SMTPError(reading: error)
        }
        return try PreparedMessage(message, findings, preparation, composition)
    }

    private static func prepareSmall(
        _ message: RawMessage,
        _ preparation: Preparation,
        _ composition: Composition?
    ) throws(SMTPError) -> PreparedMessage? {
        guard case .buffer(let octets, let memo) = message.content.source,
            octets.readableBytes <= Self.maximumSmallLength
        else { return nil }
        let (rules, droppedFields) = (preparation.options.contentRules, preparation.droppedFields)
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
                throw SMTPError(reading: error)
            }
            if !isBinary {
                KnownFindings.keep(findings, in: memo, droppedFields: droppedFields, rules: rules)
            }
        }
        return try PreparedMessage(message, findings, preparation, composition)
    }

    @concurrent
    private static func findElsewhere(
        _ message: RawMessage,
        _ preparation: Preparation
    ) async throws -> ContentFindings {
        let (rules, droppedFields) = (preparation.options.contentRules, preparation.droppedFields)
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

    // MARK: Asking for less

    /// Whether a message failed because it asks for an extension that the server does not offer, and can be rendered
    /// so that it does not.
    func asksForTooMuch(_ error: SMTPError) -> Bool {
        guard error.code == .notSupported, self.composition?.weaker != nil,
            let cause = error.underlying as? NegotiationError,
            case .notOffered(let keyword) = cause.reason
        else { return false }
        return keyword == .eightBitMIME || keyword == .binaryMIME || keyword == .chunking
    }

    /// The same message for the same recipients, rendered for less; nil where that cannot be.
    ///
    /// - Throws: ``SMTPError`` as ``prepare(_:_:)`` does.
    func weaker() async throws(SMTPError) -> PreparedMessage? {
        guard let composition = self.composition?.weaker else { return nil }
        let preparation = Preparation(self.options, defaults: MessageDefaults(), dropping: self.droppedFields)
        let rendered = try await composition.render()
        let message = try await Self.prepare(rendered, preparation, composition)
        return message.addressed(to: self.envelope.recipients)
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
    var isBinary: Bool {
        if case .require(.binaryMIME) = self.envelope?.parameters.body { true } else { false }
    }
}
