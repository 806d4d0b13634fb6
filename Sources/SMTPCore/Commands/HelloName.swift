public import MailAddress

/// Name a client gives itself in EHLO, HELO or LHLO: a domain name or an address literal (RFC 5321 section
/// 4.1.1.1).
///
/// Servers refuse bare host names, underscores and `localhost`, so use a fully qualified name or a literal
/// such as `[192.0.2.1]`.
public struct HelloName: Sendable, Hashable, CustomStringConvertible {
    /// The name as it is sent: ASCII, non-ASCII labels as A-labels.
    public let description: String

    /// Checks a name given by the caller.
    ///
    /// - Throws: ``MailAddress/AddressError`` that names the offending octet and its position.
    public init(_ name: String) throws(AddressError) {
        self.description = try MailDomain(name).ascii
    }

    /// Literal of an IPv4 or IPv6 address; nil when `address` is neither.
    package init?(literalOf address: String) {
        guard let domain = try? MailDomain(ipAddress: address) else { return nil }
        self.description = domain.ascii
    }

    /// Name of this host when it can be used: it has a dot, is a valid domain, no address, not `localhost`.
    ///
    /// The name the operating system gives is as untrusted as any other (containers are called `web_1`); one
    /// that cannot be used is no error, the caller takes a literal instead.
    package init?(systemName: String) {
        guard systemName.contains("."), !systemName.lowercased().hasPrefix("localhost"),
            HelloName(literalOf: systemName) == nil,
            let domain = try? MailDomain(systemName), !domain.isLiteral
        else { return nil }
        self.description = domain.ascii
    }

    private init(known: String) {
        self.description = known
    }

    /// `[127.0.0.1]`: for Unix sockets, which have no address; every server tested takes it.
    package static let loopbackLiteral = HelloName(known: "[127.0.0.1]")
}
