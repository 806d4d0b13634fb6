/// The reader of media types with parameters (RFC 2045 §5.1).
struct MediaTypeReader {
    /// The greatest length of a text that is read, in octets.
    private static let maximumLength = 65_536

    /// The greatest number of parameters that are read; no media type needs more, and it bounds what is kept.
    private static let maximumParameterCount = 100

    private let text: String
    private var rest: ArraySlice<UInt8>

    init(_ text: String) {
        self.text = text
        rest = Array(text.utf8)[...]
    }

    /// Reads the whole text.
    mutating func read() throws(MessageError) -> MediaType {
        guard rest.count <= Self.maximumLength else { throw MessageError(.tooLarge, detail: text) }
        skipBlanks()
        let type = readToken()
        guard rest.popFirst() == UInt8(ascii: "/") else { throw error }
        let subtype = readToken()
        var parameters: [Parameter] = []
        skipBlanks()
        while !rest.isEmpty {
            guard rest.popFirst() == HeaderOctet.semicolon else { throw error }
            skipBlanks()
            // A semicolon with nothing behind it is common enough.
            if rest.isEmpty { break }
            guard parameters.count < Self.maximumParameterCount else {
                throw MessageError(.tooLarge, detail: text)
            }
            parameters.append(try readParameter())
            skipBlanks()
        }
        return try MediaType(type, subtype, parameters: parameters)
    }

    private var error: MessageError { MessageError(.invalidMediaType, detail: text) }

    private mutating func readParameter() throws(MessageError) -> Parameter {
        let name = readToken()
        skipBlanks()
        guard rest.popFirst() == UInt8(ascii: "=") else { throw error }
        skipBlanks()
        guard rest.first == HeaderOctet.quote else {
            let value = readToken()
            guard !value.isEmpty else { throw error }
            return try Parameter(name, value)
        }
        return try Parameter(name, octets: try readQuotedString())
    }

    private mutating func readToken() -> String {
        let token = rest.prefix(while: HeaderOctet.isToken)
        rest = rest.dropFirst(token.count)
        return String(decoding: token, as: UTF8.self)
    }

    private mutating func readQuotedString() throws(MessageError) -> [UInt8] {
        rest = rest.dropFirst()
        var value: [UInt8] = []
        while let octet = rest.popFirst() {
            switch octet {
            case HeaderOctet.quote:
                return value
            case HeaderOctet.backslash:
                guard let quoted = rest.popFirst() else { throw error }
                value.append(quoted)
            default:
                value.append(octet)
            }
        }
        throw error
    }

    private mutating func skipBlanks() {
        rest = rest.drop(while: HeaderOctet.isBlank)
    }
}
