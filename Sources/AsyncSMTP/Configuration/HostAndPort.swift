internal import MailAddress
internal import NIOCore
internal import SMTPCore

/// Host name or address, and a port where one was given with it.
struct HostAndPort {
    let host: String
    let port: Int?

    /// Parses `name`, `name:port`, `192.0.2.1:port`, `2001:db8::1` or `[2001:db8::1]:port`.
    ///
    /// Nothing reaches the resolver, a log or TLS that is not a host name or an address (S-A5).
    init(_ text: String, port explicitPort: Int? = nil) throws(SMTPError) {
        var host = Substring(text)
        var port = explicitPort
        if host.hasPrefix("["), let end = host.firstIndex(of: "]") {
            let rest = host[host.index(after: end)...]
            host = host[host.index(after: host.startIndex)..<end]
            guard host.contains(":") else {
                throw SMTPError(
                    .invalidArgument,
                    "\"\(PrintableText.escape(text))\" has something in brackets that is no IPv6 address",
                    stage: .preparation
                )
            }
            if !rest.isEmpty { port = try Self.port(rest.dropFirst(), in: text, precededBy: rest.first) }
        } else if explicitPort == nil, host.count(where: { $0 == ":" }) == 1,
            let colon = host.firstIndex(of: ":")
        {
            port = try Self.port(host[host.index(after: colon)...], in: text, precededBy: ":")
            host = host[..<colon]
        }
        self.host = try Self.check(String(host))
        self.port = port
    }

    private static func port(
        _ digits: Substring,
        in text: String,
        precededBy separator: Character?
    ) throws(SMTPError) -> Int {
        guard separator == ":", digits.utf8.count <= 5,
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = Int(digits)
        else {
            throw SMTPError(
                .invalidArgument,
                "\"\(PrintableText.escape(text))\" has a port that is no number",
                stage: .preparation
            )
        }
        return port
    }

    private static func check(_ host: String) throws(SMTPError) -> String {
        if (try? SocketAddress(ipAddress: host, port: 0)) != nil { return host }
        // A trailing dot marks a name as complete; it is no part of it.
        let name = host.hasSuffix(".") ? String(host.dropLast()) : host
        let domain: MailDomain
        do throws(AddressError) {
            domain = try MailDomain(name)
        } catch {
            throw SMTPError(.invalidArgument, "host name: \(error)", stage: .preparation, underlying: error)
        }
        guard !domain.isLiteral else {
            throw SMTPError(.invalidArgument, "\(domain) is no host name", stage: .preparation)
        }
        return domain.ascii
    }
}
