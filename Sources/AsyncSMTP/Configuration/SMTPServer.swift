public import SMTPCore

/// Server to talk to: where it is and which protocol it speaks.
///
/// ```swift
/// let submission = try SMTPServer(host: "mail.example.org")
/// let other = try SMTPServer(host: "mail.example.net", tls: .startTLS)
/// let relay = try SMTPServer(host: "127.0.0.1", tls: .plaintext)
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
    /// When the connection becomes encrypted.
    public let tls: TLSMode
    /// Name or address the server's certificate must be for: what the caller gave, never what the server or
    /// the resolver says; nil where the caller gave none.
    public let certificateName: String?

    /// Default port of LMTP over TCP; 25 is forbidden to it (RFC 2033 section 5).
    public static let defaultLMTPPort = 24
    /// Default port of SMTP without TLS from the first octet, for relays.
    public static let defaultSMTPPort = 25
    /// Default port of submission with STARTTLS (RFC 6409).
    public static let defaultSubmissionPort = 587
    /// Default port of submission with TLS from the first octet (RFC 8314); smtplib's `SMTP_SSL_PORT`.
    public static let defaultSubmissionsPort = 465

    /// A server reached by TCP.
    ///
    /// - Parameters:
    ///   - host: Name, IPv4 or IPv6 address, or `name:port` as smtplib takes it when `port` is nil. A name
    ///     outside ASCII is converted to A-labels. The certificate must be for this name or address.
    ///   - port: 1 to 65 535; nil for 465, 587 with ``TLSMode/startTLS``, 25 with ``TLSMode/opportunistic``
    ///     and ``TLSMode/plaintext``, 24 with LMTP.
    ///   - tls: When the connection becomes encrypted; nil for ``TLSMode/implicit``, or
    ///     ``TLSMode/plaintext`` with LMTP.
    ///   - flavour: SMTP or LMTP.
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/invalidArgument`` for a host or port that cannot be one.
    public init(
        host: String,
        port: Int? = nil,
        tls: TLSMode? = nil,
        flavour: Flavour = .smtp
    ) throws(SMTPError) {
        let parsed = try HostAndPort(host, port: port)
        let tls = tls ?? (flavour == .lmtp ? .plaintext : .implicit)
        let port = parsed.port ?? Self.defaultPort(tls, flavour)
        guard (1...65_535).contains(port) else {
            throw SMTPError(.invalidArgument, "port \(port) is not in 1 to 65535", stage: .preparation)
        }
        guard flavour != .lmtp || port != Self.defaultSMTPPort else {
            throw SMTPError(.invalidArgument, "LMTP must not use port 25 (RFC 2033)", stage: .preparation)
        }
        self.endpoint = .host(parsed.host, port: port)
        self.flavour = flavour
        self.tls = tls
        self.certificateName = parsed.host
    }

    private static func defaultPort(_ tls: TLSMode, _ flavour: Flavour) -> Int {
        guard flavour == .smtp else { return Self.defaultLMTPPort }
        return switch tls {
        case .implicit: Self.defaultSubmissionsPort
        case .startTLS: Self.defaultSubmissionPort
        default: Self.defaultSMTPPort
        }
    }

    /// A server reached by a Unix socket, in clear: nobody can listen on the way.
    public init(unixSocket path: String, flavour: Flavour = .smtp) {
        self.endpoint = .unixSocket(path: path)
        self.flavour = flavour
        self.tls = .plaintext
        self.certificateName = nil
    }

    /// A server at the other end of a socket that is connected already.
    ///
    /// - Parameters:
    ///   - descriptor: A connected stream socket. The session owns it from now on.
    ///   - tls: When the connection becomes encrypted.
    ///   - certificateName: Name or address the server's certificate must be for; TLS needs one.
    ///   - flavour: SMTP or LMTP.
    public init(
        connectedSocket descriptor: CInt,
        tls: TLSMode = .plaintext,
        certificateName: String? = nil,
        flavour: Flavour = .smtp
    ) {
        self.endpoint = .connectedSocket(ConnectedSocket(descriptor))
        self.flavour = flavour
        self.tls = tls
        self.certificateName = certificateName
    }

    /// Protocol and place in the form of a URL that ``init(url:)`` takes.
    public var description: String {
        switch self.endpoint {
        case .host(let host, let port):
            "\(self.scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)\(self.query)"
        case .unixSocket(let path): "\(self.flavour.rawValue)+unix://\(path)"
        case .connectedSocket(let socket): "\(self.flavour.rawValue)+socket:\(socket.descriptor)"
        }
    }

    private var scheme: String {
        self.flavour == .smtp && self.tls == .implicit ? "smtps" : self.flavour.rawValue
    }

    /// What has to be said because it is not what the scheme says by itself.
    private var query: String {
        let ordinary: TLSMode = self.flavour == .lmtp ? .plaintext : .startTLS
        return self.tls == ordinary || self.scheme == "smtps" ? "" : "?tls=\(self.tls)"
    }
}
