/// Octets that only the two ends of one TLS connection have in common (RFC 5056).
///
/// A mechanism that proves them to the server makes a man in the middle visible, even one with a certificate
/// that the client accepts.
public struct ChannelBinding: Sendable, Hashable {
    /// How the octets are made.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Keying material of the connection (RFC 9266).
        case tlsExporter = "tls-exporter"
        /// Hash of the server's certificate (RFC 5929 section 4).
        case tlsServerEndPoint = "tls-server-end-point"
    }

    /// How the octets are made.
    public let kind: Kind
    /// The octets.
    public let data: [UInt8]

    /// Makes a channel binding.
    public init(kind: Kind, data: [UInt8]) {
        self.kind = kind
        self.data = data
    }
}
