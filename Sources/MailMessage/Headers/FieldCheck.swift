/// The last look at a header field before it counts as written: whatever made it, it must be one field.
enum FieldCheck {
    /// Throws unless the octets are lines that belong to one field (RFC 5322 §2.1.1, §2.2).
    ///
    /// - Parameters:
    ///   - octets: The field with its last CRLF.
    ///   - name: The name of the field, for the error.
    static func check(_ octets: [UInt8], name: FieldName) throws(MessageError) {
        var isBlank = true
        var length = 0
        var index = 0
        while index < octets.count {
            let octet = octets[index]
            switch octet {
            case HeaderOctet.carriageReturn:
                guard index + 1 < octets.count, octets[index + 1] == HeaderOctet.lineFeed, !isBlank else {
                    throw MessageError(.invalidFieldValue, field: name.description)
                }
                guard length <= FieldFolder.hardLimit else {
                    throw MessageError(.lineTooLong, field: name.description)
                }
                index += 2
                if index == octets.count { return }
                guard HeaderOctet.isBlank(octets[index]) else {
                    throw MessageError(.invalidFieldValue, field: name.description)
                }
                isBlank = true
                length = 0
                continue
            case HeaderOctet.tab:
                break
            case 0..<0x20, 0x7F:
                throw MessageError(.controlCharacter, field: name.description)
            default:
                isBlank = isBlank && octet == HeaderOctet.space
            }
            length += 1
            index += 1
        }
        // The last CRLF is missing.
        throw MessageError(.invalidFieldValue, field: name.description)
    }
}
