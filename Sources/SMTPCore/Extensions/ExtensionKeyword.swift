/// Name of an ESMTP extension as servers list it in the EHLO reply; compared without regard to case.
public struct ExtensionKeyword: Sendable, Hashable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// The keyword, upper case.
    public let description: String
    /// A bit for each keyword that is asked for with every message, so that asking costs no search; 0 for all
    /// others.
    let bit: UInt16

    /// Makes a keyword from any spelling.
    public init(_ keyword: some StringProtocol) {
        self.description = keyword.uppercased()
        self.bit = Self.frequent.firstIndex(of: self.description).map { 1 << UInt16($0) } ?? 0
    }

    /// A keyword of this module.
    private init(known keyword: String, bit: UInt16) {
        self.description = keyword
        self.bit = bit
    }

    /// Keywords in the order of their bits.
    private static let frequent = [
        "8BITMIME", "AUTH", "BINARYMIME", "CHUNKING", "DELIVERBY", "DSN", "FUTURERELEASE", "MT-PRIORITY",
        "PIPELINING", "REQUIRETLS", "SIZE", "SMTPUTF8", "BURL",
    ]

    /// Whether both are the same keyword.
    public static func == (left: Self, right: Self) -> Bool { left.description == right.description }

    /// Hashes the keyword.
    public func hash(into hasher: inout Hasher) { hasher.combine(self.description) }

    /// Makes a keyword from a literal.
    public init(stringLiteral keyword: String) {
        self.init(keyword)
    }
}

extension ExtensionKeyword {
    /// 8BITMIME (RFC 6152).
    public static var eightBitMIME: Self { Self(known: "8BITMIME", bit: 1 << 0) }
    /// AUTH (RFC 4954).
    public static var auth: Self { Self(known: "AUTH", bit: 1 << 1) }
    /// BINARYMIME (RFC 3030).
    public static var binaryMIME: Self { Self(known: "BINARYMIME", bit: 1 << 2) }
    /// BURL (RFC 4468).
    public static var burl: Self { Self(known: "BURL", bit: 1 << 12) }
    /// CHUNKING, the BDAT command (RFC 3030).
    public static var chunking: Self { Self(known: "CHUNKING", bit: 1 << 3) }
    /// DELIVERBY (RFC 2852).
    public static var deliverBy: Self { Self(known: "DELIVERBY", bit: 1 << 4) }
    /// DSN (RFC 3461).
    public static var dsn: Self { Self(known: "DSN", bit: 1 << 5) }
    /// ENHANCEDSTATUSCODES (RFC 2034).
    public static var enhancedStatusCodes: Self { Self(known: "ENHANCEDSTATUSCODES", bit: 0) }
    /// EXPN (RFC 5321 section 3.5).
    public static var expn: Self { Self(known: "EXPN", bit: 0) }
    /// FUTURERELEASE (RFC 4865).
    public static var futureRelease: Self { Self(known: "FUTURERELEASE", bit: 1 << 6) }
    /// HELP (RFC 5321 section 4.1.1.8).
    public static var help: Self { Self(known: "HELP", bit: 0) }
    /// LIMITS (RFC 9422).
    public static var limits: Self { Self(known: "LIMITS", bit: 0) }
    /// MT-PRIORITY (RFC 6710).
    public static var mtPriority: Self { Self(known: "MT-PRIORITY", bit: 1 << 7) }
    /// PIPELINING (RFC 2920).
    public static var pipelining: Self { Self(known: "PIPELINING", bit: 1 << 8) }
    /// REQUIRETLS (RFC 8689).
    public static var requireTLS: Self { Self(known: "REQUIRETLS", bit: 1 << 9) }
    /// SIZE (RFC 1870).
    public static var size: Self { Self(known: "SIZE", bit: 1 << 10) }
    /// SMTPUTF8 (RFC 6531).
    public static var smtpUTF8: Self { Self(known: "SMTPUTF8", bit: 1 << 11) }
    /// STARTTLS (RFC 3207).
    public static var startTLS: Self { Self(known: "STARTTLS", bit: 0) }
    /// VRFY (RFC 5321 section 3.5).
    public static var vrfy: Self { Self(known: "VRFY", bit: 0) }
}
