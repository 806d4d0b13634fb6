/// How the octets of a part are written into a message (RFC 2045 section 6).
public enum ContentTransferEncoding: String, Sendable, Hashable, CaseIterable {
    /// Lines of ASCII as they are.
    case sevenBit = "7bit"
    /// Lines of any octets but NUL as they are; needs 8BITMIME on the way (RFC 6152).
    case eightBit = "8bit"
    /// Any octets as they are; needs BINARYMIME on the way (RFC 3030).
    case binary = "binary"
    /// Text that stays readable: `=` and two digits for what is not ASCII.
    case quotedPrintable = "quoted-printable"
    /// Four symbols for each three octets.
    case base64 = "base64"
}
