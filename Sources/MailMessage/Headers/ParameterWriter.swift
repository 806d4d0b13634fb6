/// The writer of values with parameters (RFC 2045 §5.1, RFC 2231).
///
/// A parameter is written as a token where it can be, as a quoted-string where it is other printable ASCII, and
/// percent-encoded in UTF-8 else; one too long for a line is divided into numbered pieces.
struct ParameterWriter {
    private static let charset = Array("utf-8''".utf8)

    let field: FieldName

    /// Writes a value and its parameters.
    ///
    /// - Throws: ``MessageError`` when the value is not a token or two with a slash between them, or when a
    ///   parameter stands twice.
    func write(_ value: String, _ parameters: [Parameter], to folder: inout FieldFolder) throws(MessageError)
    {
        let tokens = value.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard tokens.count <= 2, tokens.allSatisfy({ !$0.isEmpty && $0.allSatisfy(HeaderOctet.isToken) })
        else { throw MessageError(.invalidFieldValue, field: field.description, detail: value) }
        var names: Set<String> = []
        for parameter in parameters {
            guard names.insert(parameter.name).inserted else {
                throw MessageError(.invalidParameter, field: field.description, detail: parameter.name)
            }
        }
        let pieces = [Array(value.utf8)] + parameters.flatMap(pieces)
        for (index, piece) in pieces.enumerated() {
            try folder.append(index == pieces.count - 1 ? piece : piece + [HeaderOctet.semicolon])
        }
    }

    /// The parameter as one piece or as numbered ones, without semicolons.
    private func pieces(of parameter: Parameter) -> [[UInt8]] {
        let name = Array(parameter.name.utf8)
        let value = Array(parameter.value.utf8)
        // The space before a piece and the semicolon behind it have their places on the line.
        let length = FieldFolder.softLimit - 2
        // What looks like an encoded-word would be read as one by some, quoted or not.
        let isPlain =
            value.allSatisfy { $0 == HeaderOctet.space || HeaderOctet.isVisible($0) }
            && !HeaderOctet.hasEncodedWordStart(value)
            // Some take a backslash before the closing quote for its escape, though it is escaped itself.
            && value.last != HeaderOctet.backslash
        guard isPlain else { return extendedPieces(name, value, length: length) }
        // `*`, `'` and `%` may stand in a token, but some take them for the marks of an extended value.
        let isToken = !value.isEmpty && value.allSatisfy(HeaderOctet.isAttribute)
        let whole = name + Array("=".utf8) + (isToken ? value : Self.quoted(value.map { Self.escaped($0) }))
        if whole.count <= length { return [whole] }
        let divided = Self.divide(value.map { Self.escaped($0) }) { number in
            length - name.count - Self.digits(of: number) - 4
        }
        return divided.enumerated().map { number, units in
            name + Array("*\(number)=".utf8) + Self.quoted(units)
        }
    }

    /// The parameter percent-encoded; only the first piece names the charset (RFC 2231 §4.1).
    private func extendedPieces(_ name: [UInt8], _ value: [UInt8], length: Int) -> [[UInt8]] {
        let units = Self.characters(of: value).map { $0.flatMap(Self.percentEncoded) }
        let whole = name + Array("*=".utf8) + Self.charset + units.flatMap { $0 }
        if whole.count <= length { return [whole] }
        let divided = Self.divide(units) { number in
            length - name.count - Self.digits(of: number) - 3 - (number == 0 ? Self.charset.count : 0)
        }
        return divided.enumerated().map { number, units in
            name + Array("*\(number)*=".utf8) + (number == 0 ? Self.charset : []) + units.flatMap { $0 }
        }
    }

    /// Divides units, each of which stays whole, into pieces of no more octets than `room` gives for their
    /// numbers.
    private static func divide(_ units: [[UInt8]], room: (Int) -> Int) -> [[[UInt8]]] {
        var pieces: [[[UInt8]]] = []
        var piece: [[UInt8]] = []
        var count = 0
        for unit in units {
            if !piece.isEmpty, count + unit.count > room(pieces.count) {
                pieces.append(piece)
                piece = []
                count = 0
            }
            piece.append(unit)
            count += unit.count
        }
        return pieces + [piece]
    }

    /// The octets of each character (Unicode scalar value) of UTF-8.
    private static func characters(of text: [UInt8]) -> [[UInt8]] {
        var characters: [[UInt8]] = []
        for octet in text {
            if octet & 0xC0 == 0x80, let last = characters.indices.last {
                characters[last].append(octet)
            } else {
                characters.append([octet])
            }
        }
        return characters
    }

    private static func quoted(_ units: [[UInt8]]) -> [UInt8] {
        [HeaderOctet.quote] + units.flatMap { $0 } + [HeaderOctet.quote]
    }

    private static func escaped(_ octet: UInt8) -> [UInt8] {
        octet == HeaderOctet.quote || octet == HeaderOctet.backslash
            ? [HeaderOctet.backslash, octet] : [octet]
    }

    private static func percentEncoded(_ octet: UInt8) -> [UInt8] {
        HeaderOctet.isAttribute(octet) ? [octet] : HeaderOctet.hexadecimal(octet, behind: HeaderOctet.percent)
    }

    private static func digits(of number: Int) -> Int { String(number).utf8.count }
}
