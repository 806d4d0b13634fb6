internal import MailAddress

/// The rules for a header field value that is written as it was given.
enum RawFieldText {
    /// Throws when the text would end its header field, or is no header text (RFC 5322 §2.2.3, §3.2.2).
    static func check(_ text: String) throws(MessageError) {
        let forbidden = ForbiddenCharacters.firstIndex(in: text.utf8) { octet in
            octet == HeaderOctet.tab || octet == HeaderOctet.carriageReturn || octet == HeaderOctet.lineFeed
        }
        guard forbidden == nil else { throw MessageError(.controlCharacter, detail: text) }
        let octets = Array(text.utf8)
        guard !octets.isEmpty else { return }
        var line = octets[...]
        var isFirst = true
        while let end = line.firstIndex(where: isLineEnd) {
            let next = line[end...].dropFirst(2).first
            guard line[end...].starts(with: [HeaderOctet.carriageReturn, HeaderOctet.lineFeed]),
                let next, HeaderOctet.isBlank(next)
            else { throw MessageError(.invalidFieldValue, detail: text) }
            // The first line has the name of the field before it, so it may be blank.
            try check(line[..<end], of: text, mayBeBlank: isFirst)
            line = line[(end + 2)...]
            isFirst = false
        }
        try check(line, of: text, mayBeBlank: false)
    }

    private static func check(
        _ line: ArraySlice<UInt8>,
        of text: String,
        mayBeBlank: Bool
    ) throws(MessageError) {
        guard mayBeBlank || !line.allSatisfy(HeaderOctet.isBlank) else {
            throw MessageError(.invalidFieldValue, detail: text)
        }
        guard line.count <= FieldFolder.hardLimit else { throw MessageError(.lineTooLong, detail: text) }
    }

    private static func isLineEnd(_ octet: UInt8) -> Bool {
        octet == HeaderOctet.carriageReturn || octet == HeaderOctet.lineFeed
    }
}
