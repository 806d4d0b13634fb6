extension FieldName {
    /// The fields that take groups of mailboxes: RFC 5322 §3.6.3 and, for those of the author, RFC 6854.
    private static let takingGroups: Set<FieldName> = [
        .to, .cc, .bcc, .replyTo, .from, .sender, .resentTo, .resentCc, .resentBcc, .resentFrom,
        .resentSender,
    ]

    /// The fields whose values are more than text: an encoded-word (RFC 2047 §5) would change what they say.
    private static let structured: Set<FieldName> = takingGroups.union([
        .date, .messageID, .inReplyTo, .references, .resentDate, .resentMessageID, .returnPath, .received,
        .dkimSignature, .authenticationResults, .mimeVersion, .contentType, .contentTransferEncoding,
        .contentDisposition, .contentID, .contentLanguage, .contentLocation, .listHelp, .listUnsubscribe,
        .listUnsubscribePost, .listSubscribe, .listPost, .listOwner, .listArchive, .listID, .archivedAt,
        .autoSubmitted, .dispositionNotificationTo, .tlsRequired,
    ])

    /// Whether a group may stand in this field; in fields unknown here none may.
    var takesGroups: Bool { Self.takingGroups.contains(self) }

    /// Whether the list of addresses in this field may be empty.
    var mayBeEmpty: Bool { self == .bcc || self == .resentBcc }

    /// Whether encoded-words may not stand in this field as if it were text.
    var isStructured: Bool { Self.structured.contains(self) }
}
