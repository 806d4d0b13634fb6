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
}
