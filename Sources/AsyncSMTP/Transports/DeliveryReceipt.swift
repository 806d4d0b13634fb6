public import SMTPCore

/// What every transport knows about a message that was taken.
public protocol DeliveryReceipt: Sendable {
    /// Recipients it was taken for, in the order of the envelope.
    var acceptedRecipients: [ForwardPath] { get }
    /// Recipients it was not taken for.
    var refusedRecipients: [ForwardPath] { get }
    /// Message-ID of the header, without angle brackets; nil where there is none or it was not looked for.
    var messageID: String? { get }
    /// Octets of content with every line end as CRLF, without what a protocol adds.
    var octets: UInt64 { get }
}

extension SendReceipt: DeliveryReceipt {
    /// Recipients the server took the message for.
    public var acceptedRecipients: [ForwardPath] { self.accepted.map(\.recipient) }
    /// Recipients it did not take it for.
    public var refusedRecipients: [ForwardPath] { self.refused.map(\.recipient) }
}
