internal import NIOCore

/// Local address a connection is made from; smtplib's `source_address`.
public struct SourceAddress: Sendable, Hashable {
    /// IPv4 or IPv6 address.
    public let address: String
    /// Port, 0 to let the system choose.
    public let port: Int

    /// Makes a source address; it is checked when a connection is made.
    public init(_ address: String, port: Int = 0) {
        self.address = address
        self.port = port
    }

    /// Whether the address is an IP address, and the port one; connecting fails otherwise.
    public var isUsable: Bool { self.socketAddress != nil }

    /// The same for a socket; nil where it is not ``isUsable``.
    var socketAddress: SocketAddress? {
        guard (0...65_535).contains(self.port) else { return nil }
        return try? SocketAddress(ipAddress: self.address, port: self.port)
    }
}
