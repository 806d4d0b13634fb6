public import SMTPCore

/// Proof that a transport on this machine has a message, for all of its recipients.
public struct StoredReceipt: DeliveryReceipt, Hashable, CustomStringConvertible {
    /// The recipients, each once.
    public let acceptedRecipients: [ForwardPath]
    /// Message-ID of the header, without angle brackets; nil where there is none or it was not looked for.
    public let messageID: String?
    /// Octets of content with every line end as CRLF.
    public let octets: UInt64
    /// Path of the file that has the message; nil where there is none.
    public let location: String?

    init(_ delivery: LocalDelivery, octets: UInt64, location: String? = nil) {
        self.acceptedRecipients = delivery.recipients.map(\.path)
        self.messageID = delivery.message.messageID
        self.octets = octets
        self.location = location
    }

    /// Nobody: what these transports take, they take for all.
    public var refusedRecipients: [ForwardPath] { [] }

    /// How many recipients it is for, its octets, and where it is.
    public var description: String {
        let base = "stored for \(self.acceptedRecipients.count) recipients, \(self.octets) octets"
        return self.location.map { "\(base): \(PrintableText.escape($0))" } ?? base
    }
}
