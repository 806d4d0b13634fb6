/// Value of BODY: how the content may be encoded (RFC 6152, RFC 3030).
public enum BodyType: String, Sendable, Hashable {
    /// Octets 1 to 127 in lines of at most 998.
    case sevenBit = "7BIT"
    /// All octets but NUL, in lines of at most 998; needs 8BITMIME.
    case eightBitMIME = "8BITMIME"
    /// Any octets; needs BINARYMIME and CHUNKING, and is sent by BDAT as it is.
    case binaryMIME = "BINARYMIME"
}
