public import SMTPCore

/// A message that a ``MemoryTransport`` has.
public struct StoredMessage: Sendable, Hashable {
    /// Sender, recipients and parameters, as they were asked for.
    public let envelope: Envelope
    /// The content as it would have gone over the wire, without what a protocol adds.
    public let octets: [UInt8]
    /// Message-ID of the header, without angle brackets; nil where there is none or it was not looked for.
    public let messageID: String?

    /// The content as text, anything that is not UTF-8 replaced.
    public var text: String { String(decoding: self.octets, as: UTF8.self) }
}
