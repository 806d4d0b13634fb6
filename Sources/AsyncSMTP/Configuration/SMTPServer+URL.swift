internal import SMTPCore

extension SMTPServer {
    /// A server named by a URL.
    ///
    /// | URL | protocol | port unless given |
    /// |---|---|---|
    /// | `smtps://host[:port]` | TLS from the first octet | 465 |
    /// | `smtp://host[:port]` | STARTTLS required | 587 |
    /// | `smtp://host[:port]?tls=opportunistic`, `?tls=none` | insecure, see ``TLSMode`` | 25 |
    /// | `lmtp://host[:port]` | LMTP in clear; `?tls=starttls` or `?tls=implicit` encrypts it | 24 |
    /// | `smtp+unix:///path`, `lmtp+unix:///path` | over a Unix socket, in clear | |
    ///
    /// Octets may be percent-encoded; they are decoded once and then checked.
    ///
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/invalidArgument``.
    public init(url: String) throws(SMTPError) {
        guard let separator = url.firstRange(of: "://") else {
            throw Self.invalid(url, "is no URL: there is no \"://\"")
        }
        let scheme = url[..<separator.lowerBound].lowercased()
        let parts = url[separator.upperBound...].split(
            separator: "?",
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        let mode = parts.count > 1 ? try Self.mode(parts[1], of: url) : nil
        let place = try Self.decode(parts.first ?? "", of: url)
        switch scheme {
        case "smtp+unix", "lmtp+unix":
            guard place.hasPrefix("/") else { throw Self.invalid(url, "has no absolute path") }
            guard mode == nil || mode == .plaintext else {
                throw Self.invalid(url, "asks for TLS over a Unix socket, where nobody can listen on the way")
            }
            self.init(unixSocket: place, flavour: scheme.hasPrefix("lmtp") ? .lmtp : .smtp)
        case "smtp", "smtps", "lmtp":
            guard !place.contains("@") else {
                throw Self.invalid(url, "names a user; give credentials in the configuration")
            }
            guard scheme != "smtps" || mode == nil || mode == .implicit else {
                throw Self.invalid(url, "says smtps, which is TLS from the first octet, and another mode")
            }
            try self.init(
                host: place.hasSuffix("/") ? String(place.dropLast()) : place,
                tls: mode ?? (scheme == "smtp" ? .startTLS : nil),
                flavour: scheme == "lmtp" ? .lmtp : .smtp
            )
        default:
            throw Self.invalid(url, "has a scheme that is not smtps, smtp, lmtp, smtp+unix or lmtp+unix")
        }
    }

    private static func mode(_ query: Substring, of url: String) throws(SMTPError) -> TLSMode? {
        guard !query.isEmpty else { return nil }
        for mode in TLSMode.all where query == "tls=\(mode)" { return mode }
        let modes = TLSMode.all.map { "tls=\($0)" }.joined(separator: ", ")
        throw Self.invalid(url, "has a query other than \(modes)")
    }

    private static func invalid(_ url: String, _ what: String) -> SMTPError {
        SMTPError(.invalidArgument, "\"\(PrintableText.escape(url))\" \(what)", stage: .preparation)
    }

    /// Decodes percent escapes once; control characters are refused, decoded or not (S-A5).
    private static func decode(_ text: Substring, of url: String) throws(SMTPError) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2,
                rest.prefix(2).allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit }),
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            else { throw Self.invalid(url, "has a percent sign without two hexadecimal digits") }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        if let position = bytes.firstIndex(where: { $0 < 0x20 || $0 == 0x7F }) {
            let digits = String(bytes[position], radix: 16, uppercase: true)
            throw Self.invalid(
                url,
                "has a control character (0x\(digits)) at position \(position) behind \"://\""
            )
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else {
            throw Self.invalid(url, "is not UTF-8 once decoded")
        }
        return decoded
    }
}
