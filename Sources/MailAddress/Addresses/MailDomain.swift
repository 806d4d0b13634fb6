/// The part of an address after the `@`: a domain name or an address literal (RFC 5321 §4.1.2, §4.1.3).
///
/// A name is made of labels of letters, digits and hyphens, one to 63 octets each, without a hyphen at either
/// end; a single label will do, a trailing dot and underscores are refused.
///
/// A name outside ASCII is mapped by UTS-46 (non-transitional: `faß.de` is `xn--fa-hia.de`), so characters
/// that UTS-46 ignores vanish, and wide or decomposed forms become their plain ones. Every `xn--` label,
/// given or made, must survive the way to Unicode and back. Look-alikes are not refused: compare ``ascii``,
/// show ``unicode``, ask ``scripts``.
///
/// ```swift
/// let domain = try MailDomain("Bücher.example")
/// print(domain.ascii)  // xn--bcher-kva.example
/// ```
///
/// Two domains are equal when their ``ascii`` forms are; literals are compared as written.
public struct MailDomain: Sendable {
    /// The greatest length of a domain in octets, measured on ``ascii`` (RFC 5321 §4.5.3.1.2).
    public static let maximumLength = 255

    static let maximumLabelLength = 63

    /// The form that goes to DNS, TLS and servers without SMTPUTF8: lower-case A-labels, or the literal as it
    /// was written, in its brackets.
    public let ascii: String

    /// The form for people, and for the wire under SMTPUTF8: U-labels, or the same as ``ascii``.
    public let unicode: String

    /// Whether this is a name or an address literal.
    public let kind: Kind

    /// Whether this is an address literal.
    public var isLiteral: Bool { kind == .addressLiteral }

    init(ascii: String, unicode: String, kind: Kind) {
        self.ascii = ascii
        self.unicode = unicode
        self.kind = kind
    }

    /// Parses a domain name, or an address literal in brackets.
    ///
    /// - Parameter text: The domain alone, without white space or comments.
    /// - Throws: ``AddressError`` when the text is no domain, or ``ascii`` would exceed 255 octets.
    public init(_ text: String) throws(AddressError) {
        var scanner = try AddressScanner(envelope: text)
        try scanner.requirePlainText()
        self = try scanner.scanDomain()
        try scanner.requireEnd()
    }

    /// Makes the address literal of an IP address, such as `[192.0.2.1]` or `[IPv6:2001:db8::1]`.
    ///
    /// - Parameter text: An IPv4 or IPv6 address as text, without brackets, tag, port or zone.
    /// - Throws: ``AddressError`` with ``AddressError/Reason/invalidLiteral`` when it is neither.
    public init(ipAddress text: String) throws(AddressError) {
        let scanner = try AddressScanner(envelope: text)
        try scanner.requirePlainText()
        let literal: String
        if AddressLiteral.isIPv4(scanner.bytes[...]) {
            literal = "[\(text)]"
        } else if AddressLiteral.isIPv6(scanner.bytes[...]) {
            literal = "[IPv6:\(text)]"
        } else {
            throw scanner.error(.invalidLiteral, at: 0)
        }
        self.init(ascii: literal, unicode: literal, kind: .addressLiteral)
    }
}

extension MailDomain: Hashable {
    /// Whether both stand for the same domain: names without regard to case and form, literals as written.
    public static func == (left: MailDomain, right: MailDomain) -> Bool {
        left.ascii == right.ascii
    }

    /// Hashes ``ascii``.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(ascii)
    }
}

extension MailDomain: CustomStringConvertible {
    /// The same as ``ascii``.
    public var description: String { ascii }
}
