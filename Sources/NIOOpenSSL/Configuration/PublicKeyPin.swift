/// The SHA-256 of a certificate's SubjectPublicKeyInfo (RFC 7469, section 2.4).
///
/// A pin survives renewal of the certificate as long as the key stays.
public struct PublicKeyPin: Sendable, Hashable, CustomStringConvertible {
    /// The 32 octets of the digest.
    public let octets: [UInt8]

    /// A pin from the 32 octets of the digest.
    ///
    /// - Throws: ``TLSError`` with code `invalidConfiguration` when there are not 32.
    public init(octets: [UInt8]) throws(TLSError) {
        guard octets.count == 32 else {
            throw .invalidConfiguration("a public key pin has 32 octets, not \(octets.count)")
        }
        self.octets = octets
    }

    /// A pin from 64 hexadecimal digits; colons between pairs are skipped.
    ///
    /// - Throws: ``TLSError`` with code `invalidConfiguration` when the text is anything else.
    public init(hex: String) throws(TLSError) {
        guard let octets = Hexadecimal.decode(hex), octets.count == 32 else {
            throw .invalidConfiguration("a public key pin is written as 64 hexadecimal digits")
        }
        self.octets = octets
    }

    init(digest: [UInt8]) {
        self.octets = digest
    }

    /// The digest in hexadecimal digits.
    public var description: String { Hexadecimal.encode(self.octets) }
}
