/// How a recipient leaves a list: List-Unsubscribe (RFC 2369 section 3.2), with one click if wanted (RFC 8058).
public struct ListUnsubscribe: Sendable, Hashable {
    /// URIs in order of preference.
    public let uris: [String]
    /// Whether a POST to the HTTPS URI, without any further question, ends the subscription.
    public let isOneClick: Bool

    /// One click: a POST to `https` with `List-Unsubscribe=One-Click` ends the subscription (RFC 8058).
    ///
    /// Readers show the button only if a DKIM signature covers both fields; signers of this library do so by default.
    ///
    /// - Parameters:
    ///   - https: URI that names recipient and list in a way that cannot be guessed.
    ///   - mailto: `mailto:` URI for readers without one click.
    /// - Throws: ``MessageError`` with ``MessageError/Reason/invalidURI``.
    public init(oneClick https: String, mailto: String? = nil) throws(MessageError) {
        try Self.require("https", of: https)
        if let mailto { try Self.require("mailto", of: mailto) }
        self.uris = [https] + [mailto].compactMap(\.self)
        self.isOneClick = true
    }

    /// URIs without one click.
    ///
    /// - Parameter uris: `mailto:` or `https:`, in order of preference, at least one.
    /// - Throws: ``MessageError`` with ``MessageError/Reason/invalidURI``.
    public init(uris: [String]) throws(MessageError) {
        guard !uris.isEmpty else {
            throw MessageError(.invalidURI, field: "List-Unsubscribe", detail: "there is none")
        }
        self.uris = uris
        self.isOneClick = false
    }

    private static func require(_ scheme: String, of uri: String) throws(MessageError) {
        guard uri.lowercased().hasPrefix(scheme + ":") else {
            throw MessageError(.invalidURI, field: "List-Unsubscribe", detail: "\(uri) is not \(scheme):")
        }
    }

    /// The fields that say it.
    var fields: [HeaderField] {
        var fields = [HeaderField(.listUnsubscribe, .uris(self.uris))]
        if self.isOneClick {
            fields.append(HeaderField(.listUnsubscribePost, .text("List-Unsubscribe=One-Click")))
        }
        return fields
    }
}
