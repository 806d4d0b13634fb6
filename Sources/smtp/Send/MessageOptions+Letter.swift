internal import AsyncSMTP

extension MessageOptions {
    /// The paths of the envelope as far as the options name them: with --eml the rest is its header's.
    ///
    /// - Throws: ``ToolError``.
    func paths() throws(ToolError) -> (sender: ReversePath?, recipients: [ForwardPath]) {
        let recipients =
            try AddressOptions.recipients(self.to, option: "--to")
            + AddressOptions.recipients(self.cc, option: "--cc")
            + AddressOptions.recipients(self.bcc, option: "--bcc")
        guard self.eml == nil, self.from.count > 1 || self.from != ["<>"] else {
            return (try AddressOptions.sender(self.from), recipients)
        }
        let author = try AddressOptions.mailboxes(self.from, option: "--from").first
        return (author.map { .mailbox($0.address) }, recipients)
    }

    /// Runs `body` with the message of the options.
    ///
    /// - Parameters:
    ///   - parameters: Parameters of MAIL, and of every RCPT.
    ///   - mayReadOnce: Whether content that can be read once may stay so where it needs no second reading.
    /// - Throws: ``ToolError``, ``SMTPError``, and what `body` throws.
    func withLetter<Result>(
        _ parameters: (mail: MailParameters, rcpt: RecipientParameters),
        mayReadOnce: Bool,
        _ body: (Letter) async throws -> Result
    ) async throws -> Result {
        let paths = try self.paths()
        let recipients = paths.recipients.map { Recipient($0, parameters: parameters.rcpt) }
        guard let eml else {
            return try await self.withMessage { message in
                var envelope = try Envelope(of: message)
                envelope.parameters = parameters.mail
                envelope.recipients = envelope.recipients.map {
                    Recipient($0.path, parameters: parameters.rcpt)
                }
                return try await body(Letter(form: .composed(message), envelope: envelope))
            }
        }
        let content = try await InputFile.content(eml)
        if mayReadOnce, let sender = paths.sender, !recipients.isEmpty {
            let envelope = Envelope(sender: sender, recipients: recipients, parameters: parameters.mail)
            return try await body(Letter(form: .written(content, keepsFields: true), envelope: envelope))
        }
        return try await content.withRereadable { content in
            var envelope = try await Envelope(headerOf: content, sender: paths.sender, recipients: recipients)
            envelope.parameters = parameters.mail
            envelope.recipients = envelope.recipients.map { Recipient($0.path, parameters: parameters.rcpt) }
            let form = Letter.Form.written(content, keepsFields: !recipients.isEmpty)
            return try await body(Letter(form: form, envelope: envelope))
        }
    }

    private func withMessage<Result>(_ body: (Message) async throws -> Result) async throws -> Result {
        var message = try Message(subject: self.subject ?? "")
        message.from = try AddressOptions.mailboxes(self.from, option: "--from")
        // Several authors need somebody who sends for them (RFC 5322 section 3.6.2).
        if message.from.count > 1 { message.sender = message.from.first }
        message.to = try AddressOptions.entries(self.to, option: "--to")
        message.cc = try AddressOptions.entries(self.cc, option: "--cc")
        message.bcc = try AddressOptions.entries(self.bcc, option: "--bcc")
        message.fields = try await self.fields()
        if let text { message.text = .text(text) }
        let texts = [self.textFile, self.htmlFile].compactMap(\.self)
        return try await Self.withContents((texts + self.attach)[...]) { contents in
            for (path, content) in zip(texts, contents) where try await !InputFile.isText(content) {
                throw ToolError(.unusableData, "\(path) is not text in UTF-8; --attach takes any file")
            }
            var contents = contents[...]
            if self.textFile != nil { message.text = contents.popFirst().map { .text($0, type: .plainText) } }
            if self.htmlFile != nil { message.html = contents.popFirst().map { .text($0, type: .html) } }
            message.attachments = zip(self.attach, contents).map { path, content in
                .attachment(content, named: path.split(separator: "/").last.map(String.init) ?? path)
            }
            return try await body(message)
        }
    }

    /// The octets of files, in a form that can be read again: whether they are text, and how to encode them, is found
    /// out before they are sent.
    private static func withContents<Result>(
        _ paths: ArraySlice<String>,
        _ body: ([MessageContent]) async throws -> Result
    ) async throws -> Result {
        guard let path = paths.first else { return try await body([]) }
        return try await InputFile.content(path).withRereadable { content in
            try await Self.withContents(paths.dropFirst()) { try await body([content] + $0) }
        }
    }

    /// The fields of --header.
    ///
    /// Which of them a message writes by itself is known to the library: it is asked before
    /// anything is read or sent.
    private func fields() async throws -> HeaderFields {
        var fields = HeaderFields()
        for text in self.header {
            guard let colon = text.firstIndex(of: ":") else {
                throw ToolError(.usage, "--header takes Name: value")
            }
            let value = text[text.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            do throws(MessageError) {
                try fields.append(String(text[..<colon]), String(value))
            } catch {
                throw ToolError(.usage, "--header: \(error)")
            }
        }
        guard !fields.isEmpty else { return fields }
        var probe = try Message(from: "probe@example.org", subject: "")
        probe.fields = fields
        do {
            _ = try await probe.rendered()
        } catch let error as MessageError {
            throw ToolError(.usage, "--header: \(error)")
        }
        return fields
    }
}
