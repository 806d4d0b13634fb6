public import MailAddress

extension Message {
    /// The greatest number of identifiers in References of an answer.
    private static let maximumReferences = 100

    /// An answer to a received message (RFC 5322 §3.6.2, §3.6.4).
    ///
    /// It goes to Reply-To, or to the authors where that names nobody; its subject begins with `Re:` once;
    /// In-Reply-To and References name the message and its conversation. Of a conversation of more than 100
    /// messages the first and the last 99 are named. The text is not quoted.
    ///
    /// - Parameters:
    ///   - header: What is known of the message. Ask ``ReceivedHeader/asksForNoAutomaticReply`` before a program
    ///     answers by itself, and mark its answer with ``Message/autoSubmitted(_:)``.
    ///   - from: Who answers.
    ///   - toAll: Whether the other recipients get it too, in Cc, each once, the one who answers left out.
    ///   - text: Plain text; any line ends.
    ///   - html: The same as HTML.
    /// - Throws: ``MessageError`` with ``MessageError/Reason/missingField`` when the message names nobody to answer.
    public static func reply(
        to header: ReceivedHeader,
        from: Mailbox,
        toAll: Bool = false,
        text: String?,
        html: String? = nil
    ) throws(MessageError) -> Message {
        let lists = [header.replyTo, header.from]
        guard let recipients = lists.first(where: { !$0.flatMap(\.mailboxes).isEmpty }) else {
            throw MessageError(.missingField, field: "From", detail: "there is nobody to answer")
        }
        let subject = SubjectPrefix.reply.before(header.subject)
        var message = Message(from: from, subject: subject, text: text, html: html)
        message.to = recipients
        if toAll {
            var known: Set<EmailAddress> = Set(recipients.flatMap(\.mailboxes).map(\.address))
            known.insert(from.address)
            message.cc = (header.to + header.cc).flatMap(\.mailboxes)
                .filter { known.insert($0.address).inserted }
                .map(AddressListEntry.mailbox)
        }
        message.inReplyTo = [header.messageID].compactMap(\.self)
        message.references = Self.conversation(of: header)
        return message
    }

    /// The identifiers by which a message refers to another and to what that one refers to (RFC 5322 §3.6.4).
    static func conversation(of header: ReceivedHeader) -> [MessageIdentifier] {
        var identifiers = header.references
        if identifiers.isEmpty, header.inReplyTo.count == 1 { identifiers = header.inReplyTo }
        identifiers += [header.messageID].compactMap(\.self)
        guard identifiers.count > Self.maximumReferences else { return identifiers }
        return identifiers.prefix(1) + identifiers.suffix(Self.maximumReferences - 1)
    }
}
