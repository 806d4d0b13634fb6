/// The form which message and content identifiers share: `left@right` (RFC 5322 §3.6.4).
enum IdentifierText {
    /// The greatest length of an identifier in octets: with its brackets and a space it fills a line.
    static let maximumLength = 995

    private static let symbols = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)

    /// The number of random symbols, five bits each: 130 bits.
    private static let randomSymbols = 26

    /// The text without the angle brackets that may be around it.
    static func withoutBrackets(_ text: String) -> String {
        let octets = text.utf8
        guard octets.first == HeaderOctet.openAngle, octets.last == HeaderOctet.closeAngle, octets.count > 1
        else { return text }
        return String(octets.dropFirst().dropLast()) ?? text
    }

    /// Whether the text has the form that may be generated: a dot-atom, `@`, and a dot-atom or a literal.
    static func isStrict(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: HeaderOctet.at, omittingEmptySubsequences: false)
        guard text.utf8.count <= maximumLength, parts.count == 2 else { return false }
        return HeaderOctet.isDotAtom(parts[0]) && (HeaderOctet.isDotAtom(parts[1]) || isLiteral(parts[1]))
    }

    /// Whether the text can be referred to: visible ASCII with an `@` and without angle brackets.
    static func isTolerable(_ text: String) -> Bool {
        text.utf8.count <= maximumLength && text.utf8.contains(HeaderOctet.at)
            && text.utf8.allSatisfy {
                HeaderOctet.isVisible($0) && $0 != HeaderOctet.openAngle && $0 != HeaderOctet.closeAngle
            }
    }

    /// A left side which nobody can guess and nothing can be learnt from: 130 random bits.
    static func random(using generator: inout some RandomNumberGenerator) -> String {
        let octets = (0..<randomSymbols).map { _ in
            symbols[Int(truncatingIfNeeded: generator.next() & 0x1F)]
        }
        return String(decoding: octets, as: UTF8.self)
    }

    /// Whether the text is a no-fold-literal: dtext in brackets.
    private static func isLiteral(_ text: Substring.UTF8View) -> Bool {
        text.count >= 2 && text.first == UInt8(ascii: "[") && text.last == UInt8(ascii: "]")
            && text.dropFirst().dropLast().allSatisfy {
                HeaderOctet.isVisible($0) && !"[]\\".utf8.contains($0)
            }
    }
}
