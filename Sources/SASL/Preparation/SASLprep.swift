package import OpenSSLCrypto

/// Preparation of user names and passwords, so that the same text typed differently compares equal (RFC 4013).
///
/// Normalization uses the tables of the system's Unicode version; the profile was made for version 3.2, whose
/// assigned characters have kept their forms since. The standard library does not tell directional classes:
/// letters of the right-to-left blocks stand for RFC 3454's table D.1, all other letters for D.2.
package enum SASLprep {
    /// What the text is for (RFC 3454 section 7).
    package enum Use: Sendable {
        /// Compared with something stored: characters that Unicode 3.2 does not know are let through.
        case query
        /// Compared as a stored text: they are refused.
        case stored
    }

    /// The prepared text.
    ///
    /// - Throws: ``SASLError`` when nothing is left, or for characters or a mixture of directions that are not
    ///   allowed.
    package static func prepare(_ text: String, _ use: Use) throws(SASLError) -> String {
        // Most are plain ASCII, which nothing changes.
        if !text.isEmpty, text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return text }
        var mapped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if Self.isSpace(scalar) {
                mapped.append(" ")
            } else if !Self.isMappedToNothing(scalar) {
                mapped.append(scalar)
            }
        }
        let prepared = CompatibilityForm.of(String(mapped))
        guard !prepared.isEmpty else {
            throw SASLError(.invalidCredentials("user name or password is empty when prepared"))
        }
        let scalars = prepared.unicodeScalars
        guard !scalars.contains(where: Self.isProhibited) else {
            throw SASLError(
                .invalidCredentials("user name or password contains a character that SASLprep forbids")
            )
        }
        guard use == .query || !scalars.contains(where: Self.isUnassigned) else {
            throw SASLError(
                .invalidCredentials("the password contains a character that Unicode 3.2 does not know")
            )
        }
        guard Self.hasConsistentDirection(scalars) else {
            throw SASLError(.invalidCredentials("user name or password mixes writing directions"))
        }
        return prepared
    }

    /// The prepared password.
    ///
    /// - Throws: ``SASLError`` as ``prepare(_:_:)``, and for octets that are not UTF-8.
    package static func prepare(_ password: Secret) throws(SASLError) -> Secret {
        let octets = password.copy()
        // Most are plain ASCII, which nothing changes, and of which no `String` need be made.
        if !octets.isEmpty, octets.allSatisfy({ (0x20...0x7E).contains($0) }) { return password }
        guard let text = String(validating: octets, as: UTF8.self) else {
            throw SASLError(.invalidCredentials("the password is not UTF-8"))
        }
        return Secret(try Self.prepare(text, .stored))
    }

    /// RFC 3454 table C.1.2.
    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00A0, 0x1680, 0x2000...0x200B, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    /// RFC 3454 table B.1.
    private static func isMappedToNothing(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00AD, 0x034F, 0x1806, 0x180B...0x180D, 0x200B...0x200D, 0x2060, 0xFE00...0xFE0F, 0xFEFF: true
        default: false
        }
    }

    /// RFC 3454 tables C.1.2 and C.2.1 to C.9, as RFC 4013 section 2.3 lists them.
    private static func isProhibited(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        if properties.generalCategory == .control || properties.generalCategory == .privateUse
            || properties.isNoncharacterCodePoint || Self.isSpace(scalar)
        {
            return true
        }
        switch scalar.value {
        case 0x06DD, 0x070F, 0x180E, 0x200C...0x200D, 0x2028...0x2029, 0x2060...0x2063, 0xFEFF,
            0x1D173...0x1D17A,
            0xFFF9...0xFFFD, 0x2FF0...0x2FFB, 0x0340...0x0341, 0x200E...0x200F, 0x202A...0x202E,
            0x206A...0x206F,
            0xE0001, 0xE0020...0xE007F:
            return true
        default:
            return false
        }
    }

    /// Whether Unicode 3.2 does not assign the character (RFC 3454 table A.1).
    private static func isUnassigned(_ scalar: Unicode.Scalar) -> Bool {
        guard let age = scalar.properties.age else { return true }
        return (age.major, age.minor) > (3, 2)
    }

    /// RFC 3454 section 6: with one right-to-left letter there is no other kind, and such letters stand at both
    /// ends.
    private static func hasConsistentDirection(_ scalars: String.UnicodeScalarView) -> Bool {
        guard scalars.contains(where: Self.isRightToLeft) else { return true }
        guard let first = scalars.first, let last = scalars.last else { return true }
        return Self.isRightToLeft(first) && Self.isRightToLeft(last)
            && !scalars.contains(where: Self.isLeftToRight)
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }

    private static func isRightToLeft(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x05BE, 0x05C0, 0x05C3, 0x05F3...0x05F4, 0x061B, 0x061F, 0x066D, 0x06D4, 0x0700...0x070D: true
        case 0x0590...0x08FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFF, 0x10800...0x10FFF, 0x1E800...0x1EFFF:
            Self.isLetter(scalar)
        default: false
        }
    }

    private static func isLeftToRight(_ scalar: Unicode.Scalar) -> Bool {
        (Self.isLetter(scalar) || scalar.properties.generalCategory == .spacingMark)
            && !Self.isRightToLeft(scalar)
    }
}
