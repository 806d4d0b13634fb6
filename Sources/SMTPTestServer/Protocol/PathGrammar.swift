/// The grammar of a mailbox in a path (RFC 5321 section 4.1.2 and 4.5.3.1, RFC 6531 section 3.3).
enum PathGrammar {
    /// Whether the text between the angle brackets is a mailbox.
    ///
    /// Octets above 127 are taken wherever SMTPUTF8 has them; whether they may be used is another question.
    static func isMailbox(_ path: String) -> Bool {
        var octets = Array(path.utf8)[...]
        guard octets.count <= 254 else { return false }
        if octets.first == UInt8(ascii: "@"), let colon = octets.firstIndex(of: UInt8(ascii: ":")) {
            // A source route must be accepted and ignored.
            octets = octets[(colon + 1)...]
        }
        guard let at = octets.lastIndex(of: UInt8(ascii: "@")) else { return false }
        return self.isLocalPart(octets[..<at]) && self.isDomain(octets[(at + 1)...])
    }

    private static func isLocalPart(_ octets: ArraySlice<UInt8>) -> Bool {
        guard (1...64).contains(octets.count) else { return false }
        if octets.first == UInt8(ascii: "\"") {
            return self.isQuotedString(octets)
        }
        return octets.split(separator: .dot, omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty && atom.allSatisfy(self.isAtomText)
        }
    }

    private static func isQuotedString(_ octets: ArraySlice<UInt8>) -> Bool {
        guard octets.count >= 2, octets.last == UInt8(ascii: "\"") else { return false }
        var isEscaped = false
        for octet in octets.dropFirst().dropLast() {
            if octet.isASCIIControl { return false }
            if isEscaped {
                isEscaped = false
            } else if octet == UInt8(ascii: "\\") {
                isEscaped = true
            } else if octet == UInt8(ascii: "\"") {
                return false
            }
        }
        return !isEscaped
    }

    private static func isDomain(_ octets: ArraySlice<UInt8>) -> Bool {
        guard (1...255).contains(octets.count) else { return false }
        if octets.first == UInt8(ascii: "[") {
            let text = octets.dropFirst().dropLast()
            return octets.last == UInt8(ascii: "]") && !text.isEmpty
                && text.allSatisfy { (0x21...0x7E).contains($0) && !(0x5B...0x5D).contains($0) }
        }
        return octets.split(separator: .dot, omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.count) && label.first != UInt8(ascii: "-")
                && label.last != UInt8(ascii: "-")
                && label.allSatisfy {
                    $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "-") || $0 >= 0x80
                }
        }
    }

    private static func isAtomText(_ octet: UInt8) -> Bool {
        octet.isASCIILetter || octet.isASCIIDigit || octet >= 0x80
            || "!#$%&'*+-/=?^_`{|}~".utf8.contains(octet)
    }
}
