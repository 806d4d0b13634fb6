import MailAddress
import MailMessage

/// One header field written, as text with its CRLFs.
func encoded(_ field: HeaderField, allowsUTF8: Bool = false) throws(MessageError) -> String {
    var encoder = FieldEncoder(allowsUTF8: allowsUTF8)
    try encoder.encode(field)
    return String(decoding: encoder.output, as: UTF8.self)
}

/// One header field written, as text with its CRLFs.
func encoded(
    _ name: FieldName,
    _ value: FieldValue,
    allowsUTF8: Bool = false
) throws(MessageError) -> String {
    try encoded(HeaderField(name, value), allowsUTF8: allowsUTF8)
}

/// The lines of a written field, without CRLFs.
func lines(of field: String) -> [String] {
    var lines: [String] = []
    var line: [UInt8] = []
    for octet in field.utf8 {
        line.append(octet)
        if line.suffix(2) == [0x0D, 0x0A] {
            lines.append(String(decoding: line.dropLast(2), as: UTF8.self))
            line = []
        }
    }
    return line.isEmpty ? lines : lines + [String(decoding: line, as: UTF8.self)]
}

/// The value of a written field as it is before folding, without the name and the space behind the colon.
func unfolded(_ field: String) -> String {
    let text = lines(of: field).joined()
    let value = text.utf8.drop { $0 != UInt8(ascii: ":") }.dropFirst()
    return String(decoding: value.first == 0x20 ? value.dropFirst() : value, as: UTF8.self)
}

extension Mailbox {
    init(_ name: String?, _ address: String) throws(AddressError) {
        try self.init(displayName: name, address: EmailAddress(address))
    }
}
