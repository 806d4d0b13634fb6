/// A TLSA record of DNS (RFC 6698), which the caller has looked up and found secure by DNSSEC.
public struct TLSARecord: Sendable, Hashable, CustomStringConvertible {
    /// The certificate usage: 2 is DANE-TA, 3 is DANE-EE; others are unusable for SMTP (RFC 7672,
    /// section 3.1.3).
    public var usage: UInt8
    /// The selector: 0 is the whole certificate, 1 its SubjectPublicKeyInfo.
    public var selector: UInt8
    /// The matching type: 0 is the data itself, 1 its SHA-256, 2 its SHA-512.
    public var matchingType: UInt8
    /// The certificate association data.
    public var data: [UInt8]

    /// A record of these fields.
    public init(usage: UInt8, selector: UInt8, matchingType: UInt8, data: [UInt8]) {
        self.usage = usage
        self.selector = selector
        self.matchingType = matchingType
        self.data = data
    }

    /// The record as in a zone file.
    public var description: String {
        "\(self.usage) \(self.selector) \(self.matchingType) \(Hexadecimal.encode(self.data))"
    }

    /// Whether SMTP can use it, as far as that can be told without OpenSSL.
    var isUsable: Bool { self.usage == 2 || self.usage == 3 }
}
