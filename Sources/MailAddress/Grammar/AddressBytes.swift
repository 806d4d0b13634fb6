/// The byte classes of RFC 5321 §4.1.2 and RFC 5322 §3.2.
///
/// Bytes from 0x80 up count as text where RFC 6531 §3.3 and RFC 6532 §3.2 say so; that they form UTF-8 is
/// known before any of these is asked.
extension UInt8 {
    static let quote = UInt8(ascii: "\"")
    static let backslash = UInt8(ascii: "\\")
    static let at = UInt8(ascii: "@")
    static let dot = UInt8(ascii: ".")
    static let comma = UInt8(ascii: ",")
    static let colon = UInt8(ascii: ":")
    static let semicolon = UInt8(ascii: ";")
    static let hyphen = UInt8(ascii: "-")
    static let space = UInt8(ascii: " ")
    static let tab = UInt8(ascii: "\t")
    static let carriageReturn = UInt8(ascii: "\r")
    static let lineFeed = UInt8(ascii: "\n")
    static let openAngle = UInt8(ascii: "<")
    static let closeAngle = UInt8(ascii: ">")
    static let openBracket = UInt8(ascii: "[")
    static let closeBracket = UInt8(ascii: "]")
    static let openParenthesis = UInt8(ascii: "(")
    static let closeParenthesis = UInt8(ascii: ")")

    var isASCII: Bool { self < 0x80 }

    var isControl: Bool { self < 0x20 || self == 0x7F }

    var isDigit: Bool { self >= 0x30 && self <= 0x39 }

    /// Let-dig of RFC 5321 §4.1.2.
    var isLetterOrDigit: Bool {
        let folded = self | 0x20
        return isDigit || (folded >= 0x61 && folded <= 0x7A)
    }

    /// A character of an atom.
    var isAtomText: Bool {
        if isLetterOrDigit || !isASCII { return true }
        switch self {
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "/"),
            UInt8(ascii: "="), UInt8(ascii: "?"), UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"),
            UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"), UInt8(ascii: "~"):
            return true
        default:
            return false
        }
    }

    /// A character which may follow a backslash: quoted-pairSMTP is `%d92 %d32-126`.
    var isQuotable: Bool { self >= 0x20 && self <= 0x7E }

    /// A character of an address literal: dcontent is `%d33-90 / %d94-126`.
    var isLiteralContent: Bool {
        (self >= 0x21 && self <= 0x5A) || (self >= 0x5E && self <= 0x7E)
    }

    /// The same letter in lower case, for ASCII alone.
    var lowercased: UInt8 {
        self >= 0x41 && self <= 0x5A ? self | 0x20 : self
    }
}
