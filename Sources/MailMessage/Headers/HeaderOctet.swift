/// The classes of octets that header fields are made of (RFC 5322 §3.2, RFC 2045 §5.1, RFC 2047 §5, RFC 2231).
enum HeaderOctet {
    static let space = UInt8(ascii: " ")
    static let tab = UInt8(ascii: "\t")
    static let carriageReturn = UInt8(ascii: "\r")
    static let lineFeed = UInt8(ascii: "\n")
    static let quote = UInt8(ascii: "\"")
    static let backslash = UInt8(ascii: "\\")
    static let at = UInt8(ascii: "@")
    static let dot = UInt8(ascii: ".")
    static let colon = UInt8(ascii: ":")
    static let comma = UInt8(ascii: ",")
    static let semicolon = UInt8(ascii: ";")
    static let openAngle = UInt8(ascii: "<")
    static let closeAngle = UInt8(ascii: ">")
    static let openParenthesis = UInt8(ascii: "(")
    static let closeParenthesis = UInt8(ascii: ")")
    static let percent = UInt8(ascii: "%")

    private static let upperCaseDigits = Array("0123456789ABCDEF".utf8)

    /// Whether the octet is a space or a tab.
    static func isBlank(_ octet: UInt8) -> Bool { octet == space || octet == tab }

    /// Whether the octet is a printable character of ASCII, the space not included.
    static func isVisible(_ octet: UInt8) -> Bool { octet > 0x20 && octet < 0x7F }

    static func isDigit(_ octet: UInt8) -> Bool { octet >= 0x30 && octet <= 0x39 }

    static func isLetter(_ octet: UInt8) -> Bool {
        let folded = octet | 0x20
        return folded >= 0x61 && folded <= 0x7A
    }

    /// Whether the octet may stand in an atom (RFC 5322 §3.2.3); outside ASCII by RFC 6532 §3.2.
    static func isAtom(_ octet: UInt8) -> Bool {
        isLetter(octet) || isDigit(octet) || octet >= 0x80 || "!#$%&'*+-/=?^_`{|}~".utf8.contains(octet)
    }

    /// Whether the octet may stand in a token (RFC 2045 §5.1).
    static func isToken(_ octet: UInt8) -> Bool {
        isVisible(octet) && !"()<>@,;:\\\"/[]?=".utf8.contains(octet)
    }

    /// Whether the octet may stand in the name of a parameter, or unencoded in an extended value
    /// (attribute-char of RFC 2231 §7).
    static func isAttribute(_ octet: UInt8) -> Bool {
        isToken(octet) && !"*'%".utf8.contains(octet)
    }

    /// Whether the octets are one or more atoms with a dot between each two (dot-atom-text), in ASCII.
    static func isDotAtom(_ octets: some Collection<UInt8>) -> Bool {
        octets.split(separator: dot, omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty && atom.allSatisfy { $0 < 0x80 && isAtom($0) }
        }
    }

    /// The octet as `XY` in hexadecimal, upper case, behind a sign such as `%` or `=`.
    static func hexadecimal(_ octet: UInt8, behind sign: UInt8) -> [UInt8] {
        [sign, upperCaseDigits[Int(octet >> 4)], upperCaseDigits[Int(octet & 0x0F)]]
    }

    /// Whether an encoded-word could be seen to begin in the octets: they have `=?` in them.
    static func hasEncodedWordStart(_ octets: some Sequence<UInt8>) -> Bool {
        var previous: UInt8 = 0
        for octet in octets {
            if previous == UInt8(ascii: "="), octet == UInt8(ascii: "?") { return true }
            previous = octet
        }
        return false
    }
}
