/// A version of TLS.
public struct TLSVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// TLS 1.0 (RFC 2246): broken, deprecated by RFC 8996.
    public static let tls10 = TLSVersion(rawValue: 0x0301)
    /// TLS 1.1 (RFC 4346): deprecated by RFC 8996.
    public static let tls11 = TLSVersion(rawValue: 0x0302)
    /// TLS 1.2 (RFC 5246).
    public static let tls12 = TLSVersion(rawValue: 0x0303)
    /// TLS 1.3 (RFC 8446).
    public static let tls13 = TLSVersion(rawValue: 0x0304)

    /// The number the version has in the protocol.
    public let rawValue: UInt16

    /// The version with a number of the protocol.
    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// The name in words, as in `TLS 1.3`.
    public var description: String {
        switch self.rawValue {
        case 0x0300: "SSL 3.0"
        case 0x0301...0x03FF: "TLS 1.\(self.rawValue - 0x0301)"
        default: "TLS version 0x\(String(self.rawValue, radix: 16))"
        }
    }

    /// Compares the age: the older version is less.
    public static func < (left: TLSVersion, right: TLSVersion) -> Bool {
        left.rawValue < right.rawValue
    }
}
