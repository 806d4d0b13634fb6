// The well-known header fields, by the RFCs that have them.

// RFC 5322 §3.6.1-3.6.5: the message.
extension FieldName {
    /// The name `Date`.
    public static let date = FieldName(known: "Date")
    /// The name `From`.
    public static let from = FieldName(known: "From")
    /// The name `Sender`.
    public static let sender = FieldName(known: "Sender")
    /// The name `Reply-To`.
    public static let replyTo = FieldName(known: "Reply-To")
    /// The name `To`.
    public static let to = FieldName(known: "To")
    /// The name `Cc`.
    public static let cc = FieldName(known: "Cc")
    /// The name `Bcc`.
    public static let bcc = FieldName(known: "Bcc")
    /// The name `Message-ID`.
    public static let messageID = FieldName(known: "Message-ID")
    /// The name `In-Reply-To`.
    public static let inReplyTo = FieldName(known: "In-Reply-To")
    /// The name `References`.
    public static let references = FieldName(known: "References")
    /// The name `Subject`.
    public static let subject = FieldName(known: "Subject")
    /// The name `Comments`.
    public static let comments = FieldName(known: "Comments")
    /// The name `Keywords`.
    public static let keywords = FieldName(known: "Keywords")
}

// RFC 5322 §3.6.6: resending.
extension FieldName {
    /// The name `Resent-Date`.
    public static let resentDate = FieldName(known: "Resent-Date")
    /// The name `Resent-From`.
    public static let resentFrom = FieldName(known: "Resent-From")
    /// The name `Resent-Sender`.
    public static let resentSender = FieldName(known: "Resent-Sender")
    /// The name `Resent-To`.
    public static let resentTo = FieldName(known: "Resent-To")
    /// The name `Resent-Cc`.
    public static let resentCc = FieldName(known: "Resent-Cc")
    /// The name `Resent-Bcc`.
    public static let resentBcc = FieldName(known: "Resent-Bcc")
    /// The name `Resent-Message-ID`.
    public static let resentMessageID = FieldName(known: "Resent-Message-ID")
}

// RFC 5322 §3.6.7, RFC 6376, RFC 8601: written on the way.
extension FieldName {
    /// The name `Return-Path`.
    public static let returnPath = FieldName(known: "Return-Path")
    /// The name `Received`.
    public static let received = FieldName(known: "Received")
    /// The name `DKIM-Signature`.
    public static let dkimSignature = FieldName(known: "DKIM-Signature")
    /// The name `Authentication-Results`.
    public static let authenticationResults = FieldName(known: "Authentication-Results")
}

// RFC 2045, RFC 2183, RFC 3282, RFC 2557: MIME.
extension FieldName {
    /// The name `MIME-Version`.
    public static let mimeVersion = FieldName(known: "MIME-Version")
    /// The name `Content-Type`.
    public static let contentType = FieldName(known: "Content-Type")
    /// The name `Content-Transfer-Encoding`.
    public static let contentTransferEncoding = FieldName(known: "Content-Transfer-Encoding")
    /// The name `Content-Disposition`.
    public static let contentDisposition = FieldName(known: "Content-Disposition")
    /// The name `Content-ID`.
    public static let contentID = FieldName(known: "Content-ID")
    /// The name `Content-Description`.
    public static let contentDescription = FieldName(known: "Content-Description")
    /// The name `Content-Language`.
    public static let contentLanguage = FieldName(known: "Content-Language")
    /// The name `Content-Location`.
    public static let contentLocation = FieldName(known: "Content-Location")
}

// RFC 2369, RFC 2919, RFC 5064, RFC 8058: lists.
extension FieldName {
    /// The name `List-Help`.
    public static let listHelp = FieldName(known: "List-Help")
    /// The name `List-Unsubscribe`.
    public static let listUnsubscribe = FieldName(known: "List-Unsubscribe")
    /// The name `List-Unsubscribe-Post`.
    public static let listUnsubscribePost = FieldName(known: "List-Unsubscribe-Post")
    /// The name `List-Subscribe`.
    public static let listSubscribe = FieldName(known: "List-Subscribe")
    /// The name `List-Post`.
    public static let listPost = FieldName(known: "List-Post")
    /// The name `List-Owner`.
    public static let listOwner = FieldName(known: "List-Owner")
    /// The name `List-Archive`.
    public static let listArchive = FieldName(known: "List-Archive")
    /// The name `List-Id`.
    public static let listID = FieldName(known: "List-Id")
    /// The name `Archived-At`.
    public static let archivedAt = FieldName(known: "Archived-At")
}

// RFC 2156, RFC 3834, RFC 8098, RFC 8689 and common use.
extension FieldName {
    /// The name `Auto-Submitted`.
    public static let autoSubmitted = FieldName(known: "Auto-Submitted")
    /// The name `Importance`.
    public static let importance = FieldName(known: "Importance")
    /// The name `Priority`.
    public static let priority = FieldName(known: "Priority")
    /// The name `X-Priority`.
    public static let xPriority = FieldName(known: "X-Priority")
    /// The name `Sensitivity`.
    public static let sensitivity = FieldName(known: "Sensitivity")
    /// The name `Precedence`.
    public static let precedence = FieldName(known: "Precedence")
    /// The name `Disposition-Notification-To`.
    public static let dispositionNotificationTo = FieldName(known: "Disposition-Notification-To")
    /// The name `Organization`.
    public static let organization = FieldName(known: "Organization")
    /// The name `User-Agent`.
    public static let userAgent = FieldName(known: "User-Agent")
    /// The name `X-Mailer`.
    public static let xMailer = FieldName(known: "X-Mailer")
    /// The name `Feedback-ID`.
    public static let feedbackID = FieldName(known: "Feedback-ID")
    /// The name `TLS-Required`.
    public static let tlsRequired = FieldName(known: "TLS-Required")
}
