/// An e-mail address as SMTP knows it: the Mailbox of RFC 5321 §4.1.2, with the UTF-8 forms of RFC 6531.
///
/// The grammar is strict: a dot-string or a quoted string, `@`, a domain or an address literal, and nothing
/// else. White space, comments, angle brackets, source routes and control characters are refused; nothing is
/// ever stripped, because that would name another recipient. What is sent is written anew from the parsed
/// parts, so text between quotes can never become part of a command.
///
/// ```swift
/// let address = try EmailAddress("\"a b\"@Bücher.example")
/// print(address.localPart)  // a b
/// print(address.wireForm)   // "a b"@xn--bcher-kva.example
/// ```
///
/// Two addresses are equal when their local parts agree octet for octet and their domains are equal, whatever
/// their case and form: `"a"@B.example` and `a@b.example` are one recipient, `A@b.example` is another.
public struct EmailAddress: Sendable {
    /// The greatest length of a local part in octets, measured on ``wireForm`` (RFC 5321 §4.5.3.1.1).
    public static let maximumLocalPartLength = 64

    /// The greatest length of an address with its angle brackets, in octets (RFC 5321 §4.5.3.1.3).
    public static let maximumPathLength = 256

    /// The local part as it is meant: without quotes and escapes, in its own case.
    public var localPart: String { parts.localPart }

    /// The domain.
    public var domain: MailDomain { parts.domain }

    /// Whether the address can only be sent with SMTPUTF8 (RFC 6531): its local part is not ASCII.
    ///
    /// A domain outside ASCII needs no extension, because ``wireForm`` has its A-labels.
    public var needsSMTPUTF8: Bool { parts.needsSMTPUTF8 }

    /// The address for the wire, without angle brackets: the local part quoted only where it must be, the
    /// domain as lower-case A-labels or as a literal.
    ///
    /// It holds no control characters, and is ASCII unless ``needsSMTPUTF8``.
    public var wireForm: String { parts.wireForm }

    /// Shared by all copies: addresses are handed on far more often than they are made.
    private let parts: Parts

    /// The address with the domain as U-labels, for people and for a transaction under SMTPUTF8.
    public var unicodeForm: String {
        guard domain.unicode != domain.ascii else { return wireForm }
        let local = wireForm.utf8.dropLast(domain.ascii.utf8.count)
        return String(decoding: local, as: UTF8.self) + domain.unicode
    }

    /// Parses an address without angle brackets.
    ///
    /// - Parameter text: The address alone, for example `user@example.org`.
    /// - Throws: ``AddressError`` when the text is not an address, or breaks a limit: 64 octets of local
    ///   part, 255 of domain, 256 of the whole with angle brackets, all measured on ``wireForm``.
    public init(_ text: String) throws(AddressError) {
        var scanner = try AddressScanner(envelope: text)
        try scanner.requirePlainText()
        self = try scanner.scanAddress()
        try scanner.requireEnd()
    }

    /// Puts an address together from a local part as it is meant, and a domain.
    ///
    /// - Parameters:
    ///   - localPart: The local part without quotes and escapes, for example `john smith`; it is quoted where
    ///     the wire needs it.
    ///   - domain: The domain.
    /// - Throws: ``AddressError`` when the local part is empty or holds control characters, or a limit of
    ///   ``init(_:)`` is broken.
    public init(localPart: String, domain: MailDomain) throws(AddressError) {
        let scanner = try AddressScanner(envelope: localPart)
        try scanner.requirePlainText()
        let parts = LocalPart(semantic: scanner.bytes)
        guard parts.wire.utf8.count <= Self.maximumLocalPartLength else {
            throw scanner.error(.localPartTooLong, at: 0)
        }
        self.init(parts, at: domain)
        guard wireForm.utf8.count + 2 <= Self.maximumPathLength else {
            throw scanner.error(.pathTooLong, at: 0)
        }
    }

    init(_ localPart: LocalPart, at domain: MailDomain) {
        parts = Parts(localPart, domain)
    }
}

extension EmailAddress {
    private final class Parts: Sendable {
        let localPart: String
        let domain: MailDomain
        let needsSMTPUTF8: Bool
        let wireForm: String

        init(_ localPart: LocalPart, _ domain: MailDomain) {
            self.localPart = localPart.semantic
            self.domain = domain
            self.needsSMTPUTF8 = !localPart.isASCII
            self.wireForm = localPart.wire + "@" + domain.ascii
        }
    }
}

extension EmailAddress: Hashable {
    /// Whether both name the same recipient: local parts octet for octet, domains by ``MailDomain/ascii``.
    ///
    /// Unlike `String`, this tells composed from decomposed characters: to a server they are two local parts.
    public static func == (left: EmailAddress, right: EmailAddress) -> Bool {
        left.parts === right.parts || left.wireForm.utf8.elementsEqual(right.wireForm.utf8)
    }

    /// Hashes ``wireForm``.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(wireForm)
    }
}

extension EmailAddress: CustomStringConvertible {
    /// The same as ``wireForm``.
    public var description: String { wireForm }
}
