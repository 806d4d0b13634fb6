public import MailAddress

/// The identifier of a part, as it stands in Content-ID (RFC 2045 §7), by which other parts refer to it.
public struct ContentIdentifier: Sendable, Hashable {
    /// The greatest length in octets, without the angle brackets.
    public static let maximumLength = IdentifierText.maximumLength

    /// The identifier without its angle brackets.
    public let value: String

    private init(known value: String) {
        self.value = value
    }

    /// Takes an identifier.
    ///
    /// - Parameter text: Atoms of ASCII with dots between them, `@`, and the same or a literal in brackets; in
    ///   angle brackets or without.
    /// - Throws: ``MessageError`` with ``MessageError/Reason/invalidContentID`` when it is anything else, or
    ///   longer than 995 octets.
    public init(_ text: String) throws(MessageError) {
        let value = IdentifierText.withoutBrackets(text)
        guard IdentifierText.isStrict(value) else { throw MessageError(.invalidContentID, detail: text) }
        self.init(known: value)
    }

    /// Makes an identifier that no other part of any message has: 130 random bits before the `@`.
    ///
    /// - Parameters:
    ///   - domain: The right side; as A-labels.
    ///   - generator: A cryptographically secure source, such as `SystemRandomNumberGenerator`.
    public static func unique(
        domain: MailDomain,
        using generator: inout some RandomNumberGenerator
    ) -> ContentIdentifier {
        ContentIdentifier(known: IdentifierText.random(using: &generator) + "@" + domain.ascii)
    }

    /// The URL for this part in an HTML part of the same message: `cid:`, and the identifier without angle
    /// brackets (RFC 2392).
    ///
    /// All but letters, digits, `-`, `.`, `_`, `~` and `@` are percent-encoded, so it can stand in an attribute
    /// as it is.
    public var url: String {
        var octets = Array("cid:".utf8)
        for octet in value.utf8 {
            if HeaderOctet.isLetter(octet) || HeaderOctet.isDigit(octet) || "-._~@".utf8.contains(octet) {
                octets.append(octet)
            } else {
                octets += HeaderOctet.hexadecimal(octet, behind: HeaderOctet.percent)
            }
        }
        return String(decoding: octets, as: UTF8.self)
    }
}

extension ContentIdentifier: CustomStringConvertible {
    /// The identifier in its angle brackets.
    public var description: String { "<\(value)>" }
}
