/// A kind of channel binding (RFC 5056): what ties an authentication to its TLS connection.
package enum TLSChannelBinding: Sendable, Hashable {
    /// tls-exporter (RFC 9266).
    case exporter
    /// tls-server-end-point (RFC 5929, section 4).
    case serverEndPoint
}
