public import SMTPCore

/// Server to talk to: where it is and which protocol it speaks.
///
/// ```swift
/// let relay = try SMTPServer(host: "relay.example.org", port: 25)
/// let store = SMTPServer(unixSocket: "/run/dovecot/lmtp", flavour: .lmtp)
/// ```
public struct SMTPServer: Sendable, Hashable, CustomStringConvertible {
    /// Where a server listens.
    public enum Endpoint: Sendable, Hashable {
        /// TCP.
        ///
        /// All addresses of the name are tried, IPv6 and IPv4 side by side.
        case host(String, port: Int)
        /// Unix socket.
        case unixSocket(path: String)
        /// Socket that is connected already; the session takes it over and closes it.
        case connectedSocket(ConnectedSocket)
    }

    /// Where it listens.
    public let endpoint: Endpoint
    /// SMTP or LMTP.
    public let flavour: Flavour

    /// Default port of LMTP over TCP; 25 is forbidden to it (RFC 2033 section 5).
    public static let defaultLMTPPort = 24
    /// Default port of SMTP.
    public static let defaultSMTPPort = 25

    /// A server reached by TCP.
    ///
    /// - Parameters:
    ///   - host: Name, IPv4 or IPv6 address, or `name:port` as smtplib takes it when `port` is nil. A name
    ///     outside ASCII is converted to A-labels.
    ///   - port: 1 to 65 535; nil for 25, or 24 with LMTP.
    ///   - flavour: SMTP or LMTP.
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/invalidArgument`` for a host or port that cannot be one.
    public init(host: String, port: Int? = nil, flavour: Flavour = .smtp) throws(SMTPError) {
        let parsed = try HostAndPort(host, port: port)
        let port = parsed.port ?? (flavour == .lmtp ? Self.defaultLMTPPort : Self.defaultSMTPPort)
        guard (1...65_535).contains(port) else {
            throw SMTPError(.invalidArgument, "port \(port) is not in 1 to 65535", stage: .preparation)
        }
        guard flavour != .lmtp || port != Self.defaultSMTPPort else {
            throw SMTPError(.invalidArgument, "LMTP must not use port 25 (RFC 2033)", stage: .preparation)
        }
        self.endpoint = .host(parsed.host, port: port)
        self.flavour = flavour
    }

    /// A server reached by a Unix socket.
    public init(unixSocket path: String, flavour: Flavour = .smtp) {
        self.endpoint = .unixSocket(path: path)
        self.flavour = flavour
    }

    /// A server at the other end of a socket that is connected already.
    ///
    /// - Parameters:
    ///   - descriptor: A connected stream socket. The session owns it from now on.
    ///   - flavour: SMTP or LMTP.
    public init(connectedSocket descriptor: CInt, flavour: Flavour = .smtp) {
        self.endpoint = .connectedSocket(ConnectedSocket(descriptor))
        self.flavour = flavour
    }

    /// Protocol and place in the form of a URL.
    public var description: String {
        switch self.endpoint {
        case .host(let host, let port):
            "\(self.flavour.rawValue)://\(host.contains(":") ? "[\(host)]" : host):\(port)"
        case .unixSocket(let path): "\(self.flavour.rawValue)+unix://\(path)"
        case .connectedSocket(let socket): "\(self.flavour.rawValue)+socket:\(socket.descriptor)"
        }
    }
}
