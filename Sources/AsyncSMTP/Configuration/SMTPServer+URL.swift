internal import SMTPCore

extension SMTPServer {
    /// A server named by a URL.
    ///
    /// `smtp://host[:port]?tls=none`, `lmtp://host[:port]`, `smtp+unix:///path` and `lmtp+unix:///path`. An
    /// `smtp` URL without `tls=none` asks for encryption, which this version does not have, and is refused,
    /// so that nobody sends in clear by leaving something out. Octets may be percent-encoded; they are
    /// decoded once and then checked.
    ///
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/invalidArgument`` or ``SMTPError/Code/notSupported``.
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
        let query = parts.count > 1 ? parts[1].split(separator: "&").map(String.init) : []
        let place = try Self.decode(parts.first ?? "", of: url)
        guard let flavour = Flavour(rawValue: String(scheme.prefix { $0 != "+" })) else {
            throw Self.invalid(url, "has a scheme that is not smtp, lmtp, smtp+unix or lmtp+unix")
        }
        guard query.isEmpty || query == ["tls=none"] else {
            throw Self.invalid(url, "has a query other than tls=none")
        }
        switch scheme {
        case "smtp+unix", "lmtp+unix":
            guard place.hasPrefix("/") else { throw Self.invalid(url, "has no absolute path") }
            self.init(unixSocket: place, flavour: flavour)
        case "smtp" where query.isEmpty:
            throw SMTPError(
                .notSupported,
                "smtp:// asks for STARTTLS, which this version does not have; add ?tls=none to send in clear",
                stage: .preparation
            )
        case "smtp", "lmtp":
            guard !place.contains("@") else {
                throw Self.invalid(url, "names a user; give credentials in the configuration")
            }
            try self.init(host: place.hasSuffix("/") ? String(place.dropLast()) : place, flavour: flavour)
        default:
            throw Self.invalid(url, "has a scheme that is not smtp, lmtp, smtp+unix or lmtp+unix")
        }
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
