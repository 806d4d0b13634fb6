internal import NIOCore
internal import SMTPCore

/// Message about to be sent: envelope and content, and what was found out about it beforehand.
struct PreparedMessage: Sendable {
    /// Fields that are never sent by ``SMTPClient``: they would tell every recipient about the hidden ones.
    static let hiddenFields: Set<String> = ["bcc", "resent-bcc"]

    let envelope: Envelope
    let content: MessageContent
    let survey: ContentSurvey
    let droppedFields: Set<String>
    let messageID: String?

    /// Looks at content that can be read again before the first command is sent; content that can be read
    /// once is looked at while it is sent.
    ///
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/invalidMessage``, ``SMTPError/Code/contentSourceFailed``
    ///   or ``SMTPError/Code/invalidArgument``; nothing was sent.
    init(
        _ message: RawMessage,
        options: SendOptions,
        dropping droppedFields: Set<String>
    ) async throws(SMTPError) {
        let content = message.content
        let isSmall = content.givenLength.map { $0 <= 64 * 1024 } ?? false
        let findings: Findings
        do {
            // Small content is looked at faster than a task can change threads; large content must not keep
            // the event loop from its other connections.
            findings =
                !content.isRereadable
                ? Findings(survey: .unread(size: content.givenLength), header: HeaderSection(parsing: []))
                : isSmall
                    ? try await Findings(content, message, options, droppedFields)
                    : try await Self.findElsewhere(content, message, options, droppedFields)
        } catch let error as ContentError {
            throw SMTPError(error, stage: .preparation)
        } catch is CancellationError {
            throw SMTPError(ConnectionFailure.cancelled, stage: .preparation)
        } catch {
            throw SMTPError(
                .contentSourceFailed,
                "the content could not be read: \(PrintableText.escape("\(error)"))",
                stage: .preparation,
                underlying: error
            )
        }
        if let envelope = message.envelope {
            self.envelope = envelope
        } else {
            guard content.isRereadable else {
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
        self.content = content
        self.survey = findings.survey
        self.droppedFields = droppedFields
        self.messageID = findings.header.values("message-id").first.map {
            String($0.drop { $0 == "<" }.prefix { $0 != ">" })
        }
    }

    private struct Findings: Sendable {
        let survey: ContentSurvey
        let header: HeaderSection

        init(survey: ContentSurvey, header: HeaderSection) {
            self.survey = survey
            self.header = header
        }

        init(
            _ content: MessageContent,
            _ message: RawMessage,
            _ options: SendOptions,
            _ droppedFields: Set<String>
        ) async throws {
            let reader = try ContentReader(content, dropping: droppedFields)
            do {
                self.header = try await reader.header()
                self.survey = try await Self.survey(reader, message, options)
            } catch {
                await reader.close()
                throw error
            }
            await reader.close()
        }

        private static func survey(
            _ reader: ContentReader,
            _ message: RawMessage,
            _ options: SendOptions
        ) async throws -> ContentSurvey {
            var isBinary = false
            if case .require(.binaryMIME) = message.envelope?.parameters.body { isBinary = true }
            var builder = ContentSurvey.Builder(rules: options.contentRules)
            var size: UInt64 = 0
            while let piece = try await reader.next() {
                size += UInt64(piece.readableBytes)
                if !isBinary { try builder.append(piece) }
            }
            return isBinary ? .unread(size: size) : try builder.finish()
        }
    }

    @concurrent
    private static func findElsewhere(
        _ content: MessageContent,
        _ message: RawMessage,
        _ options: SendOptions,
        _ droppedFields: Set<String>
    ) async throws -> Findings {
        try await Findings(content, message, options, droppedFields)
    }
}
