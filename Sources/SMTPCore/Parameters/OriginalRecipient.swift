public import MailAddress

/// Value of ORCPT: the recipient as the sender first wrote it (RFC 3461 section 4.2).
public struct OriginalRecipient: Sendable, Hashable {
    let value: String

    /// The recipient of an address: `rfc822;` for ASCII, `utf-8;` otherwise (RFC 6533 section 3).
    public init(_ address: EmailAddress) {
        if address.needsSMTPUTF8 {
            self.value = "utf-8;" + Self.encodeUnicode(address.unicodeForm)
        } else {
            self.value = "rfc822;" + Xtext.encode(address.wireForm.utf8)
        }
    }

    /// A recipient of another mail system.
    ///
    /// - Parameters:
    ///   - addressType: Registered name of the address type, such as `x400`.
    ///   - text: Address in that system; printable ASCII with the type at most 500 octets once encoded.
    /// - Throws: ``CommandError`` that names the offending octet and its position.
    public init(addressType: String, _ text: String) throws(CommandError) {
        try ArgumentRules.check(addressType, argument: "ORCPT address type", maximumLength: 64) {
            ArgumentRules.isAlphanumeric($0) || $0 == UInt8(ascii: "-")
        }
        try ArgumentRules.check(text, argument: "ORCPT", maximumLength: 500) { (0x20...0x7E).contains($0) }
        self.value = "\(addressType);\(Xtext.encode(text.utf8))"
        guard self.value.utf8.count <= 500 else {
            throw CommandError(.tooLong(limit: 500), argument: "ORCPT")
        }
    }

    /// utf-8-addr-xtext: printable ASCII but `+`, `=` and `\` as it is, everything else as `\x{HEX}`.
    private static func encodeUnicode(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "+", "=", "\\": result += "\\x{\(String(scalar.value, radix: 16, uppercase: true))}"
            case "!"..."~": result.unicodeScalars.append(scalar)
            default: result += "\\x{\(String(scalar.value, radix: 16, uppercase: true))}"
            }
        }
        return result
    }
}
