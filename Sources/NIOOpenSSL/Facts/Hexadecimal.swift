/// Octets as hexadecimal digits.
enum Hexadecimal {
    /// Two lower-case digits per octet.
    static func encode(_ octets: some Sequence<UInt8>) -> String {
        var text = ""
        for octet in octets {
            if octet < 16 { text += "0" }
            text += String(octet, radix: 16)
        }
        return text
    }

    /// Octets from digits, colons skipped; nil when the text is anything else.
    static func decode(_ text: String) -> [UInt8]? {
        var octets: [UInt8] = []
        var high: UInt8?
        for character in text where character != ":" {
            guard character.isASCII, let digit = character.hexDigitValue.map(UInt8.init) else { return nil }
            if let first = high {
                octets.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return high == nil ? octets : nil
    }
}
