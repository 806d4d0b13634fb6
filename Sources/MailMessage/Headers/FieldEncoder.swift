internal import MailAddress

/// The writer of header fields, and the only one: whatever a field holds goes through here to the wire.
///
/// Each field is written as `Name: value`, folded at 78 octets where it can be and never longer than 998, and
/// looked at once more before it counts: it cannot end early, begin another field or begin the body. Where
/// UTF-8 is not allowed the output is ASCII.
package struct FieldEncoder: Sendable {
    /// Whether values may be written in UTF-8, because the message goes out with SMTPUTF8 (RFC 6532).
    package let allowsUTF8: Bool

    /// The fields written so far, each with its CRLF; the empty line that ends a header is not among them.
    package private(set) var output: [UInt8] = []

    /// Whether a field written so far is not ASCII.
    package private(set) var usedUTF8 = false

    /// Makes an encoder with no output.
    package init(allowsUTF8: Bool) {
        self.allowsUTF8 = allowsUTF8
    }

    /// Writes a field.
    ///
    /// - Throws: ``MessageError`` when the field has no valid form; then nothing of it is in ``output``.
    package mutating func encode(_ field: HeaderField) throws(MessageError) {
        var folder = FieldFolder(field.name)
        try write(field, to: &folder)
        let octets = folder.octets + [HeaderOctet.carriageReturn, HeaderOctet.lineFeed]
        try FieldCheck.check(octets, name: field.name)
        if octets.contains(where: { $0 >= 0x80 }) {
            guard allowsUTF8 else { throw MessageError(.needsSMTPUTF8, field: field.name.description) }
            usedUTF8 = true
        }
        output += octets
    }

    /// Writes fields in order.
    ///
    /// - Throws: ``MessageError`` when a field has no valid form; those before it are in ``output``.
    package mutating func encode(_ fields: HeaderFields) throws(MessageError) {
        for field in fields {
            try encode(field)
        }
    }

    private func write(_ field: HeaderField, to folder: inout FieldFolder) throws(MessageError) {
        let name = field.name
        switch field.value.content {
        case .text(let text):
            try UnstructuredText(field: name, allowsUTF8: allowsUTF8).write(text, to: &folder)
        case .addresses(let entries):
            try AddressWriter(field: name, allowsUTF8: allowsUTF8).write(entries, to: &folder)
        case .identifiers(let identifiers):
            guard !identifiers.isEmpty else {
                throw MessageError(.invalidFieldValue, field: name.description)
            }
            for identifier in identifiers {
                try folder.append(identifier.utf8)
            }
        case .date(let date):
            for word in date.description.utf8.split(separator: HeaderOctet.space) {
                try folder.append(word)
            }
        case .parameterized(let value, let parameters):
            try ParameterWriter(field: name).write(value, parameters, to: &folder)
        case .phrases(let phrases):
            try PhraseWriter(field: name, allowsUTF8: allowsUTF8).write(list: phrases, to: &folder)
        case .identifier(let phrase, let id):
            try ListFieldWriter(field: name, allowsUTF8: allowsUTF8).write(
                phrase: phrase,
                id: id,
                to: &folder
            )
        case .uris(let uris):
            try ListFieldWriter(field: name, allowsUTF8: allowsUTF8).write(uris: uris, to: &folder)
        case .raw(let text):
            folder.appendVerbatim(text.isEmpty ? text : " " + text)
        }
    }
}
