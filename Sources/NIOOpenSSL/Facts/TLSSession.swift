/// What a handshake has established.
public struct TLSSession: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    /// The version of TLS.
    public let version: TLSVersion
    /// The cipher, by OpenSSL's name.
    public let cipher: String
    /// The peer's certificates as it sent them, the leaf first; empty when it showed none.
    public let peerCertificates: [TLSCertificate]
    /// The name or address the peer's certificate was verified for; nil when no name was verified.
    public let verifiedName: String?
    /// Whether the peer is known to be who it should be: by chain and name, by DANE or by a pinned key.
    ///
    /// On a server: whether the client's certificate leads to a trusted root.
    public let isVerified: Bool
    /// Whether an earlier session was resumed.
    public let isResumed: Bool
    /// The octets of tls-exporter (RFC 9266); nil on TLS 1.2 without extended master secret.
    package let exporterBinding: [UInt8]?
    /// The octets of tls-server-end-point (RFC 5929, section 4); nil where its hash is undefined.
    package let serverEndPointBinding: [UInt8]?

    /// Version, cipher and whether the peer is verified.
    public var description: String {
        let peer = self.isVerified ? "verified \(self.verifiedName ?? "peer")" : "unverified peer"
        return "\(self.version), \(self.cipher), \(peer)\(self.isResumed ? ", resumed" : "")"
    }

    /// Shows the description only: the exporter's octets are key material.
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// The octets that stand for this connection in an authentication.
    package func channelBinding(_ kind: TLSChannelBinding) -> [UInt8]? {
        switch kind {
        case .exporter: self.exporterBinding
        case .serverEndPoint: self.serverEndPointBinding
        }
    }
}
