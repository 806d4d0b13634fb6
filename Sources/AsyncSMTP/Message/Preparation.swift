internal import MailMessage
internal import SMTPCore

/// How messages are made ready to be sent.
struct Preparation: Sendable {
    /// Fields that are never sent: they would tell every recipient about the hidden ones.
    static let hiddenFields: Set<String> = ["bcc", "resent-bcc"]

    let options: SendOptions
    let defaults: MessageDefaults
    /// Names of header fields to leave out, lower case.
    let droppedFields: Set<String>

    init(
        _ options: SendOptions,
        defaults: MessageDefaults,
        dropping droppedFields: Set<String> = Preparation.hiddenFields
    ) {
        self.options = options
        self.defaults = defaults
        self.droppedFields = droppedFields
    }

    /// What composed messages may ask of the way.
    ///
    /// A signed message is 7bit: a relay that recodes it would break the signature (RFC 6376 section 5.3).
    var capability: TransferCapability {
        guard !self.options.dkim.isEmpty else { return self.options.maximumCapability ?? .eightBit }
        // Binary content cannot be signed.
        return min(self.options.maximumCapability ?? .sevenBit, .eightBit)
    }
}
