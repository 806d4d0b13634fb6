public import MailAddress

/// The identifier of a message, as it stands in Message-ID, In-Reply-To and References (RFC 5322 §3.6.4).
///
/// ```swift
/// var generator = SystemRandomNumberGenerator()
/// let identifier = MessageIdentifier.unique(domain: try MailDomain("example.org"), using: &generator)
/// ```
public struct MessageIdentifier: Sendable, Hashable {
    /// The greatest length in octets, without the angle brackets.
    public static let maximumLength = IdentifierText.maximumLength

    /// The identifier without its angle brackets.
    public let value: String

    /// Takes an identifier that is known to be one.
    init(known value: String) {
        self.value = value
    }

    /// Takes an identifier for a message of one's own.
    ///
    /// - Parameter text: Atoms of ASCII with dots between them, `@`, and the same or a literal in brackets; in
    ///   angle brackets or without.
    /// - Throws: ``MessageError`` with ``MessageError/Reason/invalidMessageID`` when it is anything else, or
    ///   longer than 995 octets.
    public init(_ text: String) throws(MessageError) {
        let value = IdentifierText.withoutBrackets(text)
        guard IdentifierText.isStrict(value) else { throw MessageError(.invalidMessageID, detail: text) }
        self.init(known: value)
    }

    /// Takes an identifier that another program made, to refer to it.
    ///
    /// - Parameter text: Visible characters of ASCII with an `@` among them and no angle brackets but those
    ///   around the whole, if any.
    /// - Throws: ``MessageError`` with ``MessageError/Reason/invalidMessageID`` when it is anything else, or
    ///   longer than 995 octets.
    public init(lenient text: String) throws(MessageError) {
        let value = IdentifierText.withoutBrackets(text)
        guard IdentifierText.isTolerable(value) else { throw MessageError(.invalidMessageID, detail: text) }
        self.init(known: value)
    }

    /// Makes an identifier that no other message has.
    ///
    /// Its left side is 130 random bits and nothing else: neither time nor host nor process can be read in it.
    ///
    /// - Parameters:
    ///   - domain: The right side; as A-labels.
    ///   - generator: A cryptographically secure source, such as `SystemRandomNumberGenerator`.
    public static func unique(
        domain: MailDomain,
        using generator: inout some RandomNumberGenerator
    ) -> MessageIdentifier {
        MessageIdentifier(known: IdentifierText.random(using: &generator) + "@" + domain.ascii)
    }

    /// The identifiers in the value of a References or In-Reply-To field, folded or not, in order.
    ///
    /// What is no identifier is left out: comments, words around identifiers, and brackets with anything in
    /// them that ``init(lenient:)`` refuses. Only the first 64 KiB and the first 1000 identifiers count.
    public static func list(parsing text: String) -> [MessageIdentifier] {
        MessageIdentifierReader.identifiers(in: text)
    }
}

extension MessageIdentifier: CustomStringConvertible {
    /// The identifier in its angle brackets.
    public var description: String { "<\(value)>" }
}
