internal import MailAddress

/// Identity of the user or agent on whose behalf is signed (`i=`; RFC 6376 section 3.5).
struct SigningIdentity {
    /// Local part, quoted where it must be, `@`, domain in A-labels.
    let text: String
    /// The same as a tag value.
    let tagValue: String

    /// Parses `local-part@domain` or `@domain`.
    ///
    /// - Parameter signingDomain: Domain, in A-labels, that the identity's must be or be below of.
    init(_ text: String, within signingDomain: String) throws(DKIMError) {
        let domain: MailDomain
        let localPart: String
        do throws(AddressError) {
            if text.first == "@" {
                domain = try MailDomain(String(text.dropFirst()))
                localPart = ""
            } else {
                let address = try EmailAddress(text)
                domain = address.domain
                localPart = String(
                    decoding: address.wireForm.utf8.dropLast(domain.ascii.utf8.count + 1),
                    as: UTF8.self
                )
            }
        } catch {
            throw DKIMError(.invalidIdentity, error.description)
        }
        guard !domain.isLiteral,
            domain.ascii == signingDomain || domain.ascii.hasSuffix("." + signingDomain)
        else {
            throw DKIMError(.invalidIdentity, "\(domain.ascii) is not within \(signingDomain)")
        }
        self.text = "\(localPart)@\(domain.ascii)"
        self.tagValue = "\(Self.quotedPrintable(localPart))@\(domain.ascii)"
    }

    /// Text in dkim-quoted-printable (RFC 6376 section 2.11), all of it printable ASCII.
    private static func quotedPrintable(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        var result = ""
        for octet in text.utf8 {
            if (0x21...0x7E).contains(octet), octet != UInt8(ascii: ";"), octet != UInt8(ascii: "=") {
                result.unicodeScalars.append(Unicode.Scalar(octet))
            } else {
                result.append("=")
                result.append(digits[Int(octet >> 4)])
                result.append(digits[Int(octet & 0x0F)])
            }
        }
        return result
    }
}
