/// The xtext encoding of RFC 3461 section 4: every octet outside 0x21 to 0x7E, and `+` and `=`, as `+XX`.
enum Xtext {
    static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var result = ""
        for byte in bytes {
            if ArgumentRules.isPrintable(byte), byte != UInt8(ascii: "+"), byte != UInt8(ascii: "=") {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                result += byte < 0x10 ? "+0\(digits)" : "+\(digits)"
            }
        }
        return result
    }
}
